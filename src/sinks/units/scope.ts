import type { Ours } from '../reconcile/target.js';
import type { LinkFacts } from './read-facts.js';
import { filesKey, instanceIn, isOfLink, isOfProfile, keysOfLink, profileKey, type Wish } from './wishes.js';

/** The instances of the links that a pass looks at; undefined: all there are. */
export type Scope = ReadonlySet<string> | undefined;

/**
 * The links to be looked at: those that are otherwise than when they were last looked at, or for which something was not done; all
 * of them under a new `access`.
 *
 * @param revisions what tells one account of a link from the next, by instance
 * @param before keys of what was called for when it was last looked at, made or refused
 */
export const scopeOf = (
  wishes: ReadonlyMap<string, Wish>,
  revisions: ReadonlyMap<string, string>,
  ours: Ours,
  before: ReadonlySet<string>,
  by: string,
): Scope => {
  if (![...ours.values()].some(one => one.by === by)) return undefined;
  const scope = new Set<string>();
  for (const [instance, now] of revisions) if (ours.get(filesKey(instance))?.contents !== now) scope.add(instance);
  for (const key of wishes.keys()) if (!ours.has(key) && isOfLink(key)) scope.add(instanceIn(key));
  for (const key of [...ours.keys(), ...before])
    if (!wishes.has(key) && isOfLink(key) && !revisions.has(instanceIn(key))) scope.add(instanceIn(key));
  return scope;
};

/** The keys to be looked at, once it is known which .network files configure the links in scope. */
export const keysToLook = (
  scope: Scope,
  wishes: ReadonlyMap<string, Wish>,
  facts: ReadonlyMap<string, LinkFacts>,
  ours: Ours,
  before: ReadonlySet<string>,
): ReadonlySet<string> | undefined => {
  if (scope === undefined) return undefined;
  const keys = new Set<string>();
  for (const instance of scope) for (const key of [filesKey(instance), ...keysOfLink(instance)]) keys.add(key);
  for (const { networkFile } of facts.values()) {
    const key = profileKey(networkFile);
    if (key !== undefined) keys.add(key);
  }
  for (const [key, { contents }] of wishes) if (isOfProfile(key) && ours.get(key)?.contents !== contents) keys.add(key);
  for (const key of [...ours.keys(), ...before]) if (isOfProfile(key) && !wishes.has(key)) keys.add(key);
  return keys;
};
