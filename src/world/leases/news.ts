import type { LeaseAction, LeaseEvent } from '../../model/event.js';
import { fault, type Fault } from '../../model/fault.js';
import type { Lease } from '../../model/lease.js';
import type { BoundLease, World } from '../../model/world.js';
import type { Change } from '../change.js';
import { isSameTime, leaseChanges } from './changes.js';
import { refusals } from './values.js';
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

/** Marks what was in progress when the daemon was killed; any other event of that lease settles it. */
export const tellLeases = (world: World, events: readonly LeaseEvent[]): Change => {
  if (events.length === 0) return { world, events };
  const faults = events.flatMap(refusedOf);
  if (world.leases.interrupted.size === 0) return { world, events, faults };
  const keyOf = ({ origin, ifindex, lease }: LeaseEvent): string => leaseKey(origin, ifindex, lease.family);
  const marked = events.map(event =>
    world.leases.interrupted.get(keyOf(event)) === event.action ? { ...event, rerun: true } : event,
  );
  const told = new Set(events.map(keyOf));
  const rest = new Map([...world.leases.interrupted].filter(([key]) => !told.has(key)));
  return { world: { ...world, leases: { ...world.leases, interrupted: rest } }, events: marked, faults };
};
