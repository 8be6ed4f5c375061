import type { LeaseAction, LeaseEvent } from '../../model/event.js';
import type { Lease } from '../../model/lease.js';
import type { BoundLease, World } from '../../model/world.js';
import type { Change } from '../change.js';
import { isSameTime, leaseChanges } from './changes.js';
import { leaseKey } from './wanted.js';

const eventOf = (
  { origin, ifindex, name, lease }: BoundLease,
  action: LeaseAction,
  previous?: Lease,
  changes: LeaseEvent['changes'] = [],
): LeaseEvent => ({ kind: 'lease', origin, ifindex, name, action, lease, previous, changes });

/** A lease that counts, compared with the one that counted before it. */
export const newsOf = (before: BoundLease | undefined, now: BoundLease): readonly LeaseEvent[] => {
  if (before === undefined) return [eventOf(now, 'bound')];
  const changes = leaseChanges(before.lease, now.lease);
  if (changes.length > 0) return [eventOf(now, 'changed', before.lease, changes)];
  return isSameTime(now.origin, before.lease, now.lease) ? [] : [eventOf(now, 'renewed', before.lease)];
};

/** A lease that counts no more. */
export const endLease = (bound: BoundLease, action: LeaseAction): LeaseEvent => eventOf(bound, action, bound.lease);

/** What the killed daemon was in the midst of is told again, marked; anything else of that lease ends the matter. */
export const tellLeases = (world: World, events: readonly LeaseEvent[]): Change => {
  if (world.leases.interrupted.size === 0 || events.length === 0) return { world, events };
  const keyOf = ({ origin, ifindex, lease }: LeaseEvent): string => leaseKey(origin, ifindex, lease.family);
  const marked = events.map(event =>
    world.leases.interrupted.get(keyOf(event)) === event.action ? { ...event, rerun: true } : event,
  );
  const told = new Set(events.map(keyOf));
  const rest = new Map([...world.leases.interrupted].filter(([key]) => !told.has(key)));
  return { world: { ...world, leases: { ...world.leases, interrupted: rest } }, events: marked };
};
