import type { ClockInput, LeasesInput, NetworkdLeasesInput } from '../../model/input.js';
import type { World } from '../../model/world.js';
import type { Change } from '../change.js';
import { settleLeases } from './of-dhclient.js';
import { networkdLeasesNow } from './of-networkd.js';

export const reduceLeases = (world: World, input: LeasesInput | NetworkdLeasesInput | ClockInput): Change => {
  switch (input.kind) {
    case 'leases':
      return settleLeases({ ...world, leases: { ...world.leases, recorded: input.leases, now: input.now } }, true);
    case 'networkd-leases':
      return networkdLeasesNow(world, input);
    case 'clock':
      return settleLeases({ ...world, leases: { ...world.leases, now: input.now } });
  }
};

/** Nothing that depends on leases can differ between these Worlds. */
export const sameLeases = (a: World, b: World): boolean => a.config === b.config && a.leases.bound === b.leases.bound;
