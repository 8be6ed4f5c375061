import type { Instant, Lease, LeaseOrigin } from '../../model/lease.js';
import type { LeaseAction, LeaseChange } from '../../model/event.js';

/** Options that only count time: every renewal changes them. */
const timing = new Set([
  'dhcp-lease-time', 'dhcp-renewal-time', 'dhcp-rebinding-time', 'dhcp-message-type', 'dhcp6.status-code',
  'T1', 'T2', 'LIFETIME',
]); // prettier-ignore

const valuesOf = ({ addresses, prefixes, options }: Lease): ReadonlyMap<string, string> =>
  new Map([
    ['address', addresses.join(' ')],
    ...(prefixes.length === 0 ? [] : ([['prefix', prefixes.join(' ')]] as const)),
    ...[...options].filter(([name]) => !timing.has(name)),
  ]);

/**
 * The differences between two leases of the same link and family, in the words of the file; an absent value is empty.
 */
export const leaseChanges = (before: Lease, now: Lease): readonly LeaseChange[] => {
  const [was, is] = [valuesOf(before), valuesOf(now)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map(name => ({ name, before: was.get(name) ?? '', now: is.get(name) ?? '' }))
    .filter(change => change.before !== change.now);
};

/** Does this action end the lease? */
export const isEnd = (action: LeaseAction): boolean =>
  action === 'expired' || action === 'released' || action === 'lost';

/**
 * The precision of a client's times, in milliseconds: networkd's lifetimes are whole seconds from an unknown moment.
 */
const tolerances: Readonly<Record<LeaseOrigin, number>> = { dhclient: 0, 'systemd-networkd': 2000 };

/** Do two leases of one client begin and end at the same times? */
export const isSameTime = (origin: LeaseOrigin, a: Lease, b: Lease): boolean => {
  const isSame = (x: Instant | undefined, y: Instant | undefined): boolean =>
    x === y || (typeof x === 'number' && typeof y === 'number' && Math.abs(x - y) <= tolerances[origin]);
  return (
    isSame(a.start, b.start) && isSame(a.renew, b.renew) && isSame(a.rebind, b.rebind) && isSame(a.expire, b.expire)
  );
};
