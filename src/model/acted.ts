import type { States } from './link.js';

/** What the daemon has acted on since boot: what `state.json` holds. */
export interface Acted {
  readonly lastId: number;
  readonly manager: States;
  readonly links: ReadonlyMap<number, States>;
  /** what each event whose scripts run is about */
  readonly running: ReadonlyMap<number | 'manager', States>;
  /** what each lease said, by `leaseKey` */
  readonly leases: ReadonlyMap<string, string>;
}

export const nothingActed: Acted = { lastId: 0, manager: {}, links: new Map(), running: new Map(), leases: new Map() };
