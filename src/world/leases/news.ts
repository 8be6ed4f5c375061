import type { LeaseAction, LeaseEvent } from '../../model/event.js';
import { fault, type Fault } from '../../model/fault.js';
import type { Lease } from '../../model/lease.js';
import type { BoundLease, World } from '../../model/world.js';
import type { Change } from '../change.js';
import { isEnd, isSameTime, leaseChanges } from './changes.js';
import { refusals } from './usable-values.js';
import { leaseKey } from './wanted.js';

const eventOf = (
  { origin, ifindex, name, lease }: BoundLease,
  action: LeaseAction,
  previous?: Lease,
  changes: LeaseEvent['changes'] = [],
): LeaseEvent => ({ kind: 'lease', origin, ifindex, name, action, lease, previous, changes });

/** The event for a lease in force, compared with the one before it. */
export const newsOf = (before: BoundLease | undefined, now: BoundLease): readonly LeaseEvent[] => {
  if (before === undefined) return [eventOf(now, 'bound')];
  const changes = leaseChanges(before.lease, now.lease);
  if (changes.length > 0) return [eventOf(now, 'changed', before.lease, changes)];
  return isSameTime(now.origin, before.lease, now.lease) ? [] : [eventOf(now, 'renewed', before.lease)];
};

/**
 * The same for the lease with this key. If the last run was killed while the scripts of one of its events were running, they may have seen it or not:
 * a lease that had ended, or was bound, is bound, with the one that they may still know, and one that was changed is compared with the one before, or else with what they may have seen.
 */
export const newsFor = (
  { leases: { bound, acted, interrupted } }: World,
  key: string,
  now: BoundLease,
): readonly LeaseEvent[] => {
  const half = interrupted.get(key);
  if (half === undefined) return newsOf(bound.get(key), now);
  if (isEnd(half.action) || half.action === 'bound') return [eventOf(now, 'bound', acted.get(key)?.lease)];
  const news = newsOf(acted.get(key), now);
  return news.length > 0 ? news : newsOf(half, now);
};

/** The event for a lease that is no longer in force. */
export const endLease = (bound: BoundLease, action: LeaseAction): LeaseEvent => eventOf(bound, action, bound.lease);

/** Faults for unusable values of a lease that is bound or changed. */
const refusedOf = ({ origin, name, action, lease, previous }: LeaseEvent): readonly Fault[] => {
  if (action !== 'bound' && action !== 'changed') return [];
  const before = previous === undefined ? [] : refusals(previous);
  return refusals(lease)
    .filter(one => !before.includes(one))
    .map(one => fault('lease-value', `the ${origin} lease of link '${name}' (${lease.family}) is used without ${one}`));
};

/** Have scripts heard of this if they were being told of that? An end is one, whatever it is called by now. */
const isSameNews = (before: LeaseAction | undefined, now: LeaseAction): boolean =>
  before !== undefined && (before === now || (isEnd(before) && isEnd(now)));

/** Marks what was in progress when the daemon was killed; any other event of that lease settles it, and so does that it was `judged`. */
export const tellLeases = (world: World, events: readonly LeaseEvent[], judged: readonly string[]): Change => {
  const faults = events.flatMap(refusedOf);
  if (world.leases.interrupted.size === 0) return { world, events, faults };
  const keyOf = ({ origin, ifindex, lease }: LeaseEvent): string => leaseKey(origin, ifindex, lease.family);
  const marked = events.map(event =>
    isSameNews(world.leases.interrupted.get(keyOf(event))?.action, event.action) ? { ...event, rerun: true } : event,
  );
  const over = new Set([...judged, ...events.map(keyOf)]);
  const interrupted = new Map([...world.leases.interrupted].filter(([key]) => !over.has(key)));
  return { world: { ...world, leases: { ...world.leases, interrupted } }, events: marked, faults };
};
