import { fault, type Fault } from '../../model/fault.js';
import type { States } from '../../model/states.js';

export interface Difference {
  readonly changed: States;
  readonly previous: States;
}

/** How `now` differs from `before`, as a list of one; empty if it does not. */
export const difference = (before: States, now: States): readonly Difference[] => {
  const changed: Record<string, string> = {};
  const previous: Record<string, string> = {};
  let isOther = false;
  for (const [property, value] of Object.entries(now)) {
    const was = before[property];
    if (was === value) continue;
    isOther = true;
    changed[property] = value;
    if (was !== undefined) previous[property] = was;
  }
  return isOther ? [{ changed, previous }] : [];
};

/**
 * Splits the difference: first, marked `rerun`, the properties that `interrupted` has with the same values, then the
 * others. Empty parts are left out.
 */
export const markReruns = (
  { changed, previous }: Difference,
  interrupted: States | undefined,
): readonly (Difference & { readonly rerun: boolean })[] => {
  if (interrupted === undefined) return [{ changed, previous, rerun: false }];
  const part = (rerun: boolean): Difference & { readonly rerun: boolean } => {
    const pick = (states: States): States =>
      Object.fromEntries(
        Object.entries(states).filter(([property]) => (interrupted[property] === changed[property]) === rerun),
      );
    return { changed: pick(changed), previous: pick(previous), rerun };
  };
  return [part(true), part(false)].filter(p => Object.keys(p.changed).length > 0);
};

export const passing: ReadonlySet<string | undefined> = new Set(['pending', 'initialized', 'configuring']);

/**
 * After a restart networkd passes through these administrative states and ends where it was, mostly without signals: a
 * snapshot that catches one is no news about a link that was past them.
 */
export const pastPassing = (before: States | undefined, now: States): States => {
  const was = before?.AdministrativeState;
  return was === undefined || passing.has(was) || !passing.has(now.AdministrativeState)
    ? now
    : { ...now, AdministrativeState: was };
};

/** systemd 257 has seven of a link, and as many of its own: whoever owns its name could go on for ever. */
const MAX_PROPERTIES = 64;

/** Nobody has so many states. Undefined: nor has this one. */
export const tooMany = (states: States, whose: string): Fault | undefined =>
  Object.keys(states).length <= MAX_PROPERTIES
    ? undefined
    : fault('state-unknown', `${whose}: expected at most ${MAX_PROPERTIES} states, found more: they are not taken`);
