import type { Instant, Lease } from '../model/lease.js';
import type { LeaseChange } from '../model/event.js';

/** What counts time is not what a lease says: every renewal changes it. */
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

/** All that a lease says but its times, as one text: alike for leases that say the same. */
export const leaseSays = (lease: Lease): string => JSON.stringify([...valuesOf(lease)]);

/** What one lease says otherwise than another of the same link and family, in the words of its file; an absent value is empty. */
export const leaseChanges = (before: Lease, now: Lease): readonly LeaseChange[] => {
  const [was, is] = [valuesOf(before), valuesOf(now)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map(name => ({ name, before: was.get(name) ?? '', now: is.get(name) ?? '' }))
    .filter(change => change.before !== change.now);
};

/** Lifetimes are told in whole seconds, and how long ago is known less well still. */
const TOLERANCE = 2000;

const isSame = (a: Instant | undefined, b: Instant | undefined): boolean =>
  a === b || (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= TOLERANCE);

/** Do two leases end and begin at the same moments? */
export const isSameTime = (a: Lease, b: Lease): boolean =>
  isSame(a.start, b.start) && isSame(a.renew, b.renew) && isSame(a.rebind, b.rebind) && isSame(a.expire, b.expire);
