import type { States } from './states.js';
import type { BoundLease } from './world.js';

/** What the daemon has acted on since boot: what `state.json` holds. */
export interface Acted {
  readonly lastId: number;
  readonly manager: States;
  readonly links: ReadonlyMap<number, States>;
  /** what each event whose scripts run is about */
  readonly running: ReadonlyMap<number | 'manager', States>;
  /** the leases that count, by `leaseKey`, the first bound first */
  readonly leases: ReadonlyMap<string, BoundLease>;
  /** what became of the leases whose scripts run, by `leaseKey` */
  readonly runningLeases: ReadonlyMap<string, string>;
}

export const nothingActed: Acted = {
  lastId: 0,
  manager: {},
  links: new Map(),
  running: new Map(),
  leases: new Map(),
  runningLeases: new Map(),
};
