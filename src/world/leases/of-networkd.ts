import type { LeaseEvent } from '../../model/event.js';
import type { NetworkdLeasesInput } from '../../model/input.js';
import type { BoundLease, World } from '../../model/world.js';
import type { Change } from '../change.js';
import { endLease, newsFor, tellLeases } from './news.js';
import { findLink } from '../links.js';
import { leaseKey } from './wanted.js';

const NETWORKD = 'systemd-networkd';

/** Compares all leases that networkd holds for one link with those before. */
export const networkdLeasesNow = (world: World, { ifindex, leases, now }: NetworkdLeasesInput): Change => {
  const bound = new Map(world.leases.bound);
  const events: LeaseEvent[] = [];
  const families = ['ipv4', 'ipv6'] as const;
  const keys = families.map(family => leaseKey(NETWORKD, ifindex, family));
  for (const family of families) {
    const key = leaseKey(NETWORKD, ifindex, family);
    const before = bound.get(key);
    const lease = leases.find(one => one.family === family);
    if (lease === undefined) {
      if (before === undefined) continue;
      bound.delete(key);
      const { expire } = before.lease;
      events.push(endLease(before, expire !== 'never' && expire <= now ? 'expired' : 'lost'));
      continue;
    }
    const name = findLink(world, ifindex)?.name ?? lease.link;
    const after: BoundLease = { origin: NETWORKD, ifindex, name, lease, missingSince: undefined };
    const news = newsFor(world, key, after);
    if (news.length === 0 && before !== undefined) continue;
    bound.set(key, after);
    events.push(...news);
  }
  return tellLeases({ ...world, leases: { ...world.leases, bound } }, events, keys);
};
