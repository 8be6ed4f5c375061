import { addressChanges } from '../model/address-changes.js';
import type { LeaseEvent, NetworkEvent } from '../model/event.js';
import type { States } from '../model/states.js';
import type { Step, World } from '../model/world.js';
import { isEnd, leaseChanges } from './leases/changes.js';
import type { Difference } from './networkd/changed-states.js';
import { joinStates } from './losses.js';

const keyOf = (event: NetworkEvent): string | undefined => {
  switch (event.kind) {
    case 'link-state':
      return event.rerun ? undefined : `link-state ${event.ifindex}`;
    case 'manager-state':
      return event.rerun ? undefined : 'manager-state';
    case 'address':
      return `address ${event.ifindex}`;
    case 'route':
      return `route ${event.ifindex}`;
    case 'rule':
      return 'rule';
    case 'lease':
      return event.rerun === true ? undefined : `lease ${event.origin} ${event.ifindex} ${event.lease.family}`;
    case 'link':
    case 'sleep':
    case 'extension':
      return undefined;
  }
};

/** Steps with the same key may be joined; undefined: never. */
export const joinKey = ({ event, cause }: Step): string | undefined => {
  const key = keyOf(event);
  return key === undefined || cause === undefined ? key : `derived ${key}`;
};

/**
 * The union of two changes, the newest value wins; a property that is back at its value before both is no change. What had none before the
 * older one is news, whatever it was in between.
 */
const joinChanges = (older: Difference, newer: Difference): Difference => {
  const later = Object.entries(newer.previous).filter(([key]) => !(key in older.changed));
  const previous: States = { ...Object.fromEntries(later), ...older.previous };
  const changed = Object.entries({ ...older.changed, ...newer.changed }).filter(
    ([key, value]) => previous[key] !== value,
  );
  return {
    changed: Object.fromEntries(changed),
    previous: Object.fromEntries(Object.entries(previous).filter(([key]) => changed.some(([name]) => name === key))),
  };
};

/**
 * Joins two events of a lease. `previous` is the lease that scripts were last told of: one that ended while it waited is still known to
 * them, so the next is bound in its place, and its end remains to be told.
 */
const joinLeases = ({ action, previous }: LeaseEvent, newer: LeaseEvent): LeaseEvent => {
  if (isEnd(newer.action)) return { ...newer, previous };
  if (previous === undefined || action === 'bound' || isEnd(action))
    return { ...newer, action: 'bound', previous, changes: [] };
  const changes = leaseChanges(previous, newer.lease);
  return { ...newer, action: changes.length > 0 ? 'changed' : 'renewed', previous, changes };
};

const isNothing = (event: NetworkEvent): boolean =>
  event.kind === 'lease'
    ? isEnd(event.action) && event.previous === undefined
    : 'changed' in event && Object.keys(event.changed).length === 0;

const joinEvents = (older: NetworkEvent, newer: NetworkEvent, world: World): NetworkEvent => {
  if (older.kind === 'link-state' && newer.kind === 'link-state')
    return joinStates(older, newer, joinChanges(older, newer), world.networkd.states.get(newer.ifindex) ?? {});
  if (older.kind === 'manager-state' && newer.kind === 'manager-state')
    return { ...newer, ...joinChanges(older, newer) };
  if (older.kind === 'lease' && newer.kind === 'lease') return joinLeases(older, newer);
  if (older.kind === 'route' && newer.kind === 'route')
    return { ...newer, changes: [...older.changes, ...newer.changes] };
  if (older.kind === 'rule' && newer.kind === 'rule')
    return { ...newer, changes: [...older.changes, ...newer.changes] };
  if (older.kind === 'address' && newer.kind === 'address')
    return { ...newer, earlier: [...addressChanges(older), ...(newer.earlier ?? [])] };
  return newer;
};

/**
 * Joins two waiting steps with the same `joinKey`: the newer step, with the changes of both. If these cancel out, the
 * newer step remains without changes: it runs no scripts, but its end is the end of what was seen before it.
 */
export const joinWaiting = (older: Step, newer: Step): Step => ({
  ...newer,
  event: joinEvents(older.event, newer.event, newer.world),
});

/** The same; undefined if they cancel out. */
export const joinSteps = (older: Step, newer: Step): Step | undefined => {
  const joined = joinWaiting(older, newer);
  return isNothing(joined.event) ? undefined : joined;
};
