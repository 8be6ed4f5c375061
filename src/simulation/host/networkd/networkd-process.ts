import type { Faults } from '../../faults.js';
import type { Tell } from '../../happening.js';
import type { Random } from '../../random.js';
import type { Time } from '../../time.js';
import type { SimulatedBus } from '../simulated-bus.js';
import type { Disk } from '../disk.js';
import type { Kernel } from '../kernel/kernel.js';

/** How it configures a link; a link without a profile is unmanaged. */
export type Profile =
  { readonly by: 'dhcp'; readonly address: string } | { readonly by: 'static'; readonly address: string };

/** Properties and their values. */
export type Words = Readonly<Record<string, string>>;

export interface NetworkdSurroundings {
  readonly release: 252 | 257;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly kernel: Kernel;
  readonly bus: SimulatedBus;
  readonly disk: Disk;
  readonly time: Time;
  readonly random: Random;
  readonly faults: Faults;
  readonly tell: Tell;
}

export interface Managed {
  states: Record<string, string>;
  /** one more with each carrier: what was begun under another is void */
  epoch: number;
  /** the address that it set */
  address: string | undefined;
}

/** What one run of it knows. Nothing of it outlives a stop, but for what the next run reads from files. */
export interface Process {
  readonly links: Map<number, Managed>;
  manager: Words;
  /** its name on the bus; undefined: it does not run */
  unique: string | undefined;
  /** one more with each start */
  run: number;
  /** Calls `then`, unless it has been stopped by then. */
  readonly later: (delay: number, then: () => void) => void;
}

export const createProcess = ({ time }: NetworkdSurroundings): Process => {
  const process: Process = {
    links: new Map(),
    manager: {},
    unique: undefined,
    run: 0,
    later: (delay, then) => {
      const during = process.run;
      time.after(delay, () => {
        if (during === process.run) then();
      });
    },
  };
  return process;
};
