import { type Acted, nothingActed } from '../../model/checkpoint.js';
import type { States } from '../../model/states.js';
import type { BoundLease } from '../../model/world.js';
import { boundLeaseFields, boundLeaseOf } from './bound-lease-json.js';
import { isList, isRecord, isText, parseJson } from '../../model/unknown.js';

/** Format of `state.json`: `{version, bootId, lastId, manager, links: {ifindex: states}, addresses: {ifindex: [address]}, running: {ifindex|'manager': states}, leases: {key: bound lease}, runningLeases: {key: action}}`. */
const VERSION = 1;

export const formatState = (
  { lastId, manager, links, addresses, running, leases, runningLeases }: Acted,
  bootId: string,
): string =>
  `${JSON.stringify({
    version: VERSION,
    bootId,
    lastId,
    manager,
    links: Object.fromEntries(links),
    addresses: Object.fromEntries(addresses),
    running: Object.fromEntries(running),
    runningLeases: Object.fromEntries(runningLeases),
    leases: Object.fromEntries([...leases].map(([key, lease]) => [key, boundLeaseFields(lease)])),
  })}\n`;

const states = (value: unknown): States =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).filter((entry): entry is [string, string] => isText(entry[1])),
  );

const texts = (value: unknown): readonly string[] => (isList(value) ? value.filter(isText) : []);

const byIfindex = <T>(value: unknown, inner: (value: unknown) => T): [number, T][] =>
  Object.entries(isRecord(value) ? value : {})
    .filter(([key]) => /^[1-9][0-9]*$/.test(key))
    .map(([key, one]) => [Number(key), inner(one)]);

const boundLeases = (value: unknown): [string, BoundLease][] =>
  Object.entries(isRecord(value) ? value : {}).flatMap(([key, inner]) => {
    const lease = boundLeaseOf(inner);
    return lease === undefined ? [] : [[key, lease]];
  });

/**
 * What the last run acted on. Another boot's file, another version's or one that cannot be read counts as none: acting
 * twice is better than never.
 */
export const parseState = (text: string, bootId: string): Acted => {
  const state = parseJson(text);
  if (!isRecord(state) || state.version !== VERSION || state.bootId !== bootId) return nothingActed;
  const running = state.running;
  const ofManager: [number | 'manager', States][] =
    isRecord(running) && isRecord(running.manager) ? [['manager', states(running.manager)]] : [];
  return {
    lastId: typeof state.lastId === 'number' ? state.lastId : 0,
    manager: states(state.manager),
    links: new Map(byIfindex(state.links, states)),
    addresses: new Map(byIfindex(state.addresses, texts)),
    running: new Map([...ofManager, ...byIfindex(running, states)]),
    leases: new Map(boundLeases(state.leases)),
    runningLeases: new Map(Object.entries(states(state.runningLeases))),
  };
};
