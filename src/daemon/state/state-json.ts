import { type Acted, nothingActed } from '../../model/checkpoint.js';
import type { States } from '../../model/states.js';
import { boundLeaseFields, boundLeaseOf, leaseNewsFields, leaseNewsOf } from './bound-lease-json.js';
import { isRecord, isText, parseJson, textsOf } from '../../model/values/unknown.js';

/**
 * Format of `state.json`. The first line: `{version, bootId, lastId, manager, links: {ifindex: states}, addresses: {ifindex: [address]},
 * running: {ifindex|'manager': states}, leases: {key: bound lease}, runningLeases: {key: bound lease and
 * action}, made: {key: setting}}`. Each line after it has what is
 * otherwise since the one before, and of objects of links and leases only those entries; `null`: it is gone.
 */
const VERSION = 1;

const changesOf = <K extends string | number, V>(
  before: ReadonlyMap<K, V>,
  now: ReadonlyMap<K, V>,
  written: (value: V) => unknown = value => value,
): Readonly<Record<string, unknown>> | undefined => {
  if (before === now) return undefined; // which JSON leaves out
  const gone = [...before.keys()].filter(key => !now.has(key)).map((key): [K, unknown] => [key, null]);
  const changed = [...now].filter(([key, value]) => before.get(key) !== value);
  return Object.fromEntries([...gone, ...changed.map(([key, value]): [K, unknown] => [key, written(value)])]);
};

const fieldsOf = (
  before: Acted,
  { lastId, manager, links, addresses, running, leases, runningLeases, made }: Acted,
): object => ({
  lastId,
  manager: manager === before.manager ? undefined : manager,
  links: changesOf(before.links, links),
  addresses: changesOf(before.addresses, addresses),
  running: changesOf(before.running, running),
  runningLeases: changesOf(before.runningLeases, runningLeases, leaseNewsFields),
  leases: changesOf(before.leases, leases, boundLeaseFields),
  made: changesOf(before.made, made),
});

/** All of it: the first line. */
export const formatState = (acted: Acted, bootId: string): string =>
  `${JSON.stringify({ version: VERSION, bootId, ...fieldsOf(nothingActed, acted) })}\n`;

/** A line that makes the one of the other. */
export const formatChange = (before: Acted, now: Acted): string => `${JSON.stringify(fieldsOf(before, now))}\n`;

const entriesOf = (value: unknown): readonly [string, unknown][] => Object.entries(isRecord(value) ? value : {});

const states = (value: unknown): States =>
  Object.fromEntries(entriesOf(value).filter((entry): entry is [string, string] => isText(entry[1])));

const byIfindex = <T>(value: unknown, inner: (value: unknown) => T): [number, T][] =>
  entriesOf(value)
    .filter(([key]) => /^[1-9][0-9]*$/.test(key))
    .map(([key, one]) => [Number(key), inner(one)]);

const leasesOf = <T>(value: unknown, inner: (value: unknown) => T | undefined): [string, T][] =>
  entriesOf(value).flatMap(([key, one]) => {
    const lease = inner(one);
    return lease === undefined ? [] : [[key, lease]];
  });

/** The lines in one; of objects, the newest line that names an entry has it. Undefined: the first says nothing. */
const joined = (text: string): ReadonlyMap<string, unknown> | undefined => {
  const [first, ...changes] = text.split('\n').map(parseJson);
  if (!isRecord(first)) return undefined;
  const all = new Map(Object.entries(first));
  const entries = new Map<string, Map<string, unknown>>();
  for (const change of changes) {
    if (!isRecord(change)) break; // a line that there was no room for is the last
    for (const [name, value] of Object.entries(change)) {
      const before = all.get(name);
      if (name === 'manager' || !isRecord(before) || !isRecord(value)) {
        all.set(name, value);
        continue;
      }
      const now = entries.get(name) ?? new Map(Object.entries(before));
      entries.set(name, now);
      for (const [key, entry] of Object.entries(value))
        if (entry === null) now.delete(key);
        else now.set(key, entry);
    }
  }
  for (const [name, now] of entries) all.set(name, Object.fromEntries(now));
  return all;
};

/**
 * What the last run acted on. A file of another boot or version, or an unreadable one, counts as none: better to act
 * twice than never.
 */
export const parseState = (text: string, bootId: string): Acted => {
  const state = joined(text);
  if (state?.get('version') !== VERSION || state.get('bootId') !== bootId) return nothingActed;
  const lastId = state.get('lastId');
  const running = state.get('running');
  const ofManager: [number | 'manager', States][] =
    isRecord(running) && isRecord(running.manager) ? [['manager', states(running.manager)]] : [];
  return {
    lastId: typeof lastId === 'number' ? lastId : 0,
    manager: states(state.get('manager')),
    links: new Map(byIfindex(state.get('links'), states)),
    addresses: new Map(byIfindex(state.get('addresses'), textsOf)),
    running: new Map([...ofManager, ...byIfindex(running, states)]),
    leases: new Map(leasesOf(state.get('leases'), boundLeaseOf)),
    runningLeases: new Map(leasesOf(state.get('runningLeases'), leaseNewsOf)),
    made: new Map(Object.entries(states(state.get('made')))),
  };
};
