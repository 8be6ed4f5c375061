import type { LeaseAction, LeaseEvent } from '../../model/event.js';
import type { Lease } from '../../model/lease.js';
import type { BoundLease, World } from '../../model/world.js';
import type { Change } from '../change.js';
import { isSameTime, leaseChanges } from './changes.js';
import { DHCLIENT, isOver, isReleased, leaseKey, type Wanted, wantedLeases } from './wanted.js';

/**
 * How long a bound lease whose address went is kept, in milliseconds: dhclient takes the old address away before it adds
 * the next one, and records both only afterwards. What becomes of the lease is known then, and told as one event.
 */
const GRACE = 1000;
const isUnchanged = (bound: BoundLease | undefined, { link, lease }: Wanted): boolean =>
  bound !== undefined &&
  bound.missingSince === undefined &&
  bound.name === link.name &&
  (bound.lease === lease ||
    (isSameTime(DHCLIENT, bound.lease, lease) && leaseChanges(bound.lease, lease).length === 0));

const ofDhclient = (world: World): readonly (readonly [string, BoundLease])[] =>
  [...world.bound].filter(([, { origin }]) => origin === DHCLIENT);

/** Why a lease does not count any more; undefined: its address went just now, and another one may come. */
const endOf = (world: World, { ifindex, lease, name, missingSince }: BoundLease): LeaseAction | undefined => {
  const recorded = world.leases.filter(one => one.link === lease.link && one.family === lease.family);
  if (isReleased(lease, recorded, world.now)) return 'released';
  if (isOver(lease, world.now)) return 'expired';
  if (world.links?.get(ifindex)?.name !== name) return 'lost';
  const patience = missingSince === undefined ? GRACE : missingSince + GRACE - world.now;
  return patience > 0 && patience <= GRACE ? undefined : 'lost';
};

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
  if (world.interruptedLeases.size === 0 || events.length === 0) return { world, events };
  const keyOf = ({ origin, ifindex, lease }: LeaseEvent): string => leaseKey(origin, ifindex, lease.family);
  const marked = events.map(event =>
    world.interruptedLeases.get(keyOf(event)) === event.action ? { ...event, rerun: true } : event,
  );
  const told = new Set(events.map(keyOf));
  const rest = new Map([...world.interruptedLeases].filter(([key]) => !told.has(key)));
  return { world: { ...world, interruptedLeases: rest }, events: marked };
};

/** Which leases of dhclient count at this moment, compared with those that counted: the differences are the events. */
export const settleLeases = (world: World): Change => {
  const wanted = wantedLeases(world);
  const bound = new Map(world.bound);
  const events: LeaseEvent[] = [];
  for (const [key, before] of ofDhclient(world)) {
    if (wanted.has(key)) continue;
    const end = endOf(world, before);
    if (end === undefined) bound.set(key, { ...before, missingSince: before.missingSince ?? world.now });
    else {
      bound.delete(key);
      events.push(endLease(before, end));
    }
  }
  for (const [key, one] of wanted) {
    const before = bound.get(key);
    if (isUnchanged(before, one)) continue;
    const { link, lease } = one;
    const now: BoundLease = {
      origin: DHCLIENT,
      ifindex: link.ifindex,
      name: link.name,
      lease,
      missingSince: undefined,
    };
    bound.set(key, now);
    events.push(...newsOf(before, now));
  }
  return tellLeases({ ...world, bound }, events);
};

/**
 * When the leases have to be looked at again by the wall clock, in milliseconds since the epoch: 0 is at once, for what
 * is told of links and addresses comes without the time. Undefined: while nothing is bound there is nothing to wait for.
 */
export const leaseDeadline = (world: World): number | undefined => {
  const isGround = world.config !== undefined && world.links !== undefined;
  if (!isGround || (world.leases.length === 0 && world.bound.size === 0)) return undefined;
  const wanted = wantedLeases(world);
  const bound = ofDhclient(world);
  const isSettled =
    [...wanted].every(([key, one]) => isUnchanged(world.bound.get(key), one)) &&
    bound.every(([key, { missingSince }]) => wanted.has(key) || missingSince !== undefined);
  if (!isSettled) return 0;
  const deadlines = bound.flatMap(([, { lease, missingSince }]) => [
    ...(lease.expire === 'never' ? [] : [lease.expire]),
    ...(missingSince === undefined ? [] : [missingSince + GRACE]),
  ]);
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
};

/** Nothing that is made of leases can be otherwise in one than in the other. */
export const sameLeases = (a: World, b: World): boolean => a.config === b.config && a.bound === b.bound;
