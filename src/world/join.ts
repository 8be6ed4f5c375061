import { addressChanges } from '../model/address-changes.js';
import type { NetworkEvent } from '../model/event.js';
import type { States } from '../model/states.js';
import type { Step } from '../model/world.js';

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
    case 'lease':
      return event.rerun === true ? undefined : `lease ${event.origin} ${event.ifindex} ${event.lease.family}`;
    case 'link':
    case 'extension':
      return undefined;
  }
};

/** Steps with the same key may become one; undefined: this step stands for itself. */
export const joinKey = ({ event, cause }: Step): string | undefined => {
  const key = keyOf(event);
  return key === undefined || cause === undefined ? key : `derived ${key}`;
};

interface Change {
  readonly changed: States;
  readonly previous: States;
}

/** The union of two changes, newest value wins; a property back at the value it had before both is no change. */
const joinChanges = (older: Change, newer: Change): Change | undefined => {
  const previous: States = { ...newer.previous, ...older.previous };
  const changed = Object.entries({ ...older.changed, ...newer.changed }).filter(
    ([key, value]) => previous[key] !== value,
  );
  if (changed.length === 0) return undefined;
  return {
    changed: Object.fromEntries(changed),
    previous: Object.fromEntries(Object.entries(previous).filter(([key]) => changed.some(([name]) => name === key))),
  };
};

const joinEvents = (older: NetworkEvent, newer: NetworkEvent): NetworkEvent | undefined => {
  if (
    (older.kind === 'link-state' && newer.kind === 'link-state') ||
    (older.kind === 'manager-state' && newer.kind === 'manager-state')
  ) {
    const change = joinChanges(older, newer);
    return change && { ...newer, ...change };
  }
  if (older.kind === 'route' && newer.kind === 'route')
    return { ...newer, changes: [...older.changes, ...newer.changes] };
  if (older.kind === 'address' && newer.kind === 'address')
    return { ...newer, earlier: [...addressChanges(older), ...(newer.earlier ?? [])] };
  return newer;
};

/** One step for two of the same `joinKey`: the newer step with both events' news; undefined: nothing is left of them. */
export const joinSteps = (older: Step, newer: Step): Step | undefined => {
  const event = joinEvents(older.event, newer.event);
  return event && { ...newer, event };
};

/**
 * The same for steps that wait: where nothing is left of two, the newer one stays, without changes. It runs no scripts, but it
 * ends, and so what was seen before it is over.
 */
export const joinWaiting = (older: Step, newer: Step): Step => {
  const joined = joinSteps(older, newer);
  if (joined !== undefined) return joined;
  const { event } = newer;
  return 'changed' in event ? { ...newer, event: { ...event, changed: {}, previous: {} } } : newer;
};
