import type { LeaseAction, LeaseEvent } from '../../model/event.js';
import type { BoundLease, World } from '../../model/world.js';
import type { Change } from '../change.js';
import { isSameTime, leaseChanges } from './changes.js';
import { endLease, newsFor, tellLeases } from './news.js';
import { DHCLIENT, isOver, isReleased, type Wanted, wantedLeases } from './wanted.js';

/**
 * How long a bound lease whose address went is kept, in milliseconds: dhclient takes the old address away before it adds
 * the next one, and records both only afterwards. What becomes of the lease is known then, and told as one event.
 */
const MISSING_ADDRESS_GRACE_MS = 1000;
const isUnchanged = (bound: BoundLease | undefined, { link, lease }: Wanted): boolean =>
  bound !== undefined &&
  bound.missingSince === undefined &&
  bound.name === link.name &&
  (bound.lease === lease ||
    (isSameTime(DHCLIENT, bound.lease, lease) && leaseChanges(bound.lease, lease).length === 0));

const ofDhclient = (world: World): readonly (readonly [string, BoundLease])[] =>
  [...world.leases.bound].filter(([, { origin }]) => origin === DHCLIENT);

/** Why a lease is no longer in force; undefined if its address has only just gone, and another may follow. */
const endOf = (world: World, { ifindex, lease, name, missingSince }: BoundLease): LeaseAction | undefined => {
  const recorded = world.leases.recorded.filter(one => one.link === lease.link && one.family === lease.family);
  if (isReleased(lease, recorded, world.leases.now)) return 'released';
  if (isOver(lease, world.leases.now)) return 'expired';
  if (world.kernel.links?.get(ifindex)?.name !== name) return 'lost';
  const patience =
    missingSince === undefined ? MISSING_ADDRESS_GRACE_MS : missingSince + MISSING_ADDRESS_GRACE_MS - world.leases.now;
  return patience > 0 && patience <= MISSING_ADDRESS_GRACE_MS ? undefined : 'lost';
};

/** Have its files been read? Only they can settle what a kill interrupted. */
const isRead = ({ progress: { sources } }: World): boolean => sources.get(DHCLIENT)?.is === 'serving';

/** Compares dhclient's leases in force at this moment with those before: differences are events. */
export const settleLeases = (world: World, isJudged = isRead(world)): Change => {
  const wanted = wantedLeases(world);
  const bound = new Map(world.leases.bound);
  const events: LeaseEvent[] = [];
  for (const [key, before] of ofDhclient(world)) {
    if (wanted.has(key)) continue;
    const end = endOf(world, before);
    if (end === undefined) bound.set(key, { ...before, missingSince: before.missingSince ?? world.leases.now });
    else {
      bound.delete(key);
      events.push(endLease(before, end));
    }
  }
  for (const [key, one] of wanted) {
    const before = bound.get(key);
    if (world.leases.interrupted.has(key) ? !isJudged : isUnchanged(before, one)) continue;
    const { link, lease } = one;
    const now: BoundLease = {
      origin: DHCLIENT,
      ifindex: link.ifindex,
      name: link.name,
      lease,
      missingSince: undefined,
    };
    bound.set(key, now);
    events.push(...newsFor(world, key, now));
  }
  return tellLeases({ ...world, leases: { ...world.leases, bound } }, events, isJudged ? [...wanted.keys()] : []);
};

/**
 * When the leases have to be checked again, in milliseconds since the epoch: 0 is at once, as inputs about links and
 * addresses come without the time. Undefined while nothing is bound.
 */
export const leaseDeadline = (world: World): number | undefined => {
  const isGround = world.config !== undefined && world.kernel.links !== undefined;
  if (!isGround || (world.leases.recorded.length === 0 && world.leases.bound.size === 0)) return undefined;
  const wanted = wantedLeases(world);
  const bound = ofDhclient(world);
  const isSettled =
    [...wanted].every(([key, one]) =>
      world.leases.interrupted.has(key) ? !isRead(world) : isUnchanged(world.leases.bound.get(key), one),
    ) && bound.every(([key, { missingSince }]) => wanted.has(key) || missingSince !== undefined);
  if (!isSettled) return 0;
  const deadlines = bound.flatMap(([, { lease, missingSince }]) => [
    ...(lease.expire === 'never' ? [] : [lease.expire]),
    ...(missingSince === undefined ? [] : [missingSince + MISSING_ADDRESS_GRACE_MS]),
  ]);
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
};
