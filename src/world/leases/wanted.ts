import type { Lease } from '../../model/lease.js';
import type { Link } from '../../model/link.js';
import type { World } from '../../model/world.js';
import { isUsable } from '../kernel/addresses.js';
import { addressesOf } from '../links.js';

/** A lease that began this much after now was granted by another clock. */
const CLOCK_TOLERANCE_MS = 60_000;

export const DHCLIENT = 'dhclient';

export const leaseKey = (origin: string, ifindex: number, family: string): string => `${origin} ${ifindex} ${family}`;

const isNamed = ({ name, alternativeNames }: Link, wanted: string): boolean =>
  name === wanted || alternativeNames.includes(wanted);

/** Is its address on the link? A lease of prefixes alone has none there, and always counts. */
const isHeld = (world: World, ifindex: number, { addresses, prefixes, family }: Lease): boolean =>
  (addresses.length === 0 && prefixes.length > 0) ||
  addressesOf(world, ifindex).some(one => one.family === family && addresses.includes(one.address) && isUsable(one));

export const isOver = ({ expire }: Lease, now: number): boolean => expire !== 'never' && expire <= now;

const startOf = ({ start }: Lease, now: number): number => {
  if (start === undefined || start === 'never') return Infinity;
  return start > now + CLOCK_TOLERANCE_MS ? -Infinity : start;
};

const grantedOf = ({ addresses, prefixes }: Lease): readonly string[] => [...addresses, ...prefixes];

/** Did the client release this lease, or a later one of the same address or prefix? */
export const isReleased = (lease: Lease, all: readonly Lease[], now: number): boolean =>
  lease.released ||
  all.some(
    one =>
      one.released &&
      grantedOf(one).some(granted => grantedOf(lease).includes(granted)) &&
      startOf(one, now) >= startOf(lease, now),
  );

export interface Wanted {
  readonly link: Link;
  readonly lease: Lease;
}

/** The leases in force: for each link and family the latest that is held, has not ended and was not released. */
export const wantedLeases = (world: World): ReadonlyMap<string, Wanted> => {
  const wanted = new Map<string, Wanted>();
  if (world.config?.system.generator.includes(DHCLIENT) !== true) return wanted;
  if (world.leases.recorded.length === 0 && world.leases.bound.size === 0) return wanted;
  for (const link of world.kernel.links?.values() ?? []) {
    const ofLink = world.leases.recorded.filter(lease => isNamed(link, lease.link));
    for (const family of ['ipv4', 'ipv6'] as const) {
      const key = leaseKey(DHCLIENT, link.ifindex, family);
      const bound = world.leases.bound.get(key);
      const recorded = ofLink.filter(lease => lease.family === family);
      // A bound lease outlives its record: while a file is rewritten, it lacks leases that are still held.
      const lease = [...(bound?.name === link.name ? [bound.lease] : []), ...recorded]
        .filter(one => !isOver(one, world.leases.now) && !isReleased(one, recorded, world.leases.now))
        .filter(one => isHeld(world, link.ifindex, one))
        .reduce<Lease | undefined>(
          (latest, one) =>
            latest === undefined || startOf(one, world.leases.now) >= startOf(latest, world.leases.now) ? one : latest,
          undefined,
        );
      if (lease !== undefined) wanted.set(key, { link, lease });
    }
  }
  return wanted;
};
