import { inspect, isDeepStrictEqual } from 'node:util';
import type { States } from '../model/states.js';
import { isMap } from '../world/with-value.js';
import { field, isObject } from '../model/values/unknown.js';

const plain = (value: unknown): string => inspect(value, { depth: 8, breakLength: Infinity });

const pairs = (states: States): string =>
  Object.entries(states)
    .map(([property, value]) => `${property}=${value}`)
    .join(' ');

const isStates = (value: unknown): value is States => isObject(value);

/** What an event says besides its link, kind and action. */
const detailOf = (event: unknown): string => {
  const changed = field(event, 'changed');
  if (isStates(changed)) return pairs(changed);
  const address = field(event, 'address');
  const prefixLength = field(address, 'prefixLength');
  const earlier = field(event, 'earlier');
  const others = Array.isArray(earlier) ? ` and ${earlier.length} before it` : '';
  if (typeof prefixLength === 'number') return `${String(field(address, 'address'))}/${prefixLength}${others}`;
  const changes = field(event, 'changes');
  if (field(event, 'kind') === 'route' && Array.isArray(changes))
    return changes.map(one => `${String(field(one, 'action'))} ${String(field(one, 'route'))}`).join(', ');
  const addresses = field(field(event, 'lease'), 'addresses');
  if (Array.isArray(addresses)) return addresses.join(' ');
  const oldName = field(event, 'oldName');
  if (typeof oldName === 'string') return oldName === '' ? '' : `from ${oldName}`;
  const payload = field(event, 'payload');
  return payload === undefined ? '' : plain(payload);
};

/** An event in a few words: `ens33 link-state OperationalState=routable`. Undefined: it is none. */
const shownEvent = (event: unknown): string | undefined => {
  const kind = field(event, 'kind');
  if (typeof kind !== 'string') return undefined;
  const words = [field(event, 'name'), kind, field(event, 'action')].filter(word => typeof word === 'string');
  return [...words, detailOf(event)].filter(word => word !== '').join(' ');
};

/** A value of a diagram. Steps are shown by their events, for their worlds would fill pages; letters stay letters. */
export const showValue = (value: unknown): string => {
  if (typeof value === 'string' && value.length === 1) return value;
  const event = field(value, 'event');
  const id = field(value, 'id');
  const text = field(value, 'world') === undefined ? undefined : shownEvent(event);
  return text === undefined || typeof id !== 'number' ? plain(value) : `step ${id}: ${text}`;
};

const keysOf = (value: object): readonly unknown[] => (isMap(value) ? [...value.keys()] : Object.keys(value));
const at = (value: object, key: unknown): unknown => (isMap(value) ? value.get(key) : Reflect.get(value, String(key)));

/** Where two values first differ, and how: `event.previous.OperationalState: expected 'degraded', found undefined`. */
export const showWhere = (expected: unknown, found: unknown, path: readonly string[] = []): string => {
  if (isObject(expected) && isObject(found) && expected.constructor === found.constructor) {
    const keys = new Set([...keysOf(expected), ...keysOf(found)]);
    for (const key of keys)
      if (!isDeepStrictEqual(at(expected, key), at(found, key)))
        return showWhere(at(expected, key), at(found, key), [...path, String(key)]);
  }
  return `${path.length === 0 ? 'the value' : path.join('.')}: expected ${plain(expected)}, found ${plain(found)}`;
};
