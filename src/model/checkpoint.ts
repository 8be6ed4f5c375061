import type { States } from './states.js';
import type { BoundLease, LeaseNews } from './world.js';

/** What the daemon has acted on since boot: what `state.json` holds. */
export interface Acted {
  readonly lastId: number;
  readonly manager: States;
  readonly links: ReadonlyMap<number, States>;
  /** the addresses (`addressKey`) that each link had then, but temporary ones; none of a link that has very many */
  readonly addresses: ReadonlyMap<number, readonly string[]>;
  /** what each event whose scripts run is about */
  readonly running: ReadonlyMap<number | 'manager', States>;
  /** the leases that count, by `leaseKey`, the first bound first */
  readonly leases: ReadonlyMap<string, BoundLease>;
  /** what became of the leases whose scripts run, by `leaseKey` */
  readonly runningLeases: ReadonlyMap<string, LeaseNews>;
  /** settings that were made and not withdrawn, by their keys (`Applied`) */
  readonly made: ReadonlyMap<string, string>;
}

export const nothingActed: Acted = {
  lastId: 0,
  manager: {},
  links: new Map(),
  addresses: new Map(),
  running: new Map(),
  leases: new Map(),
  runningLeases: new Map(),
  made: new Map(),
};
