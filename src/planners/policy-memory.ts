import type { Action, Plan } from './policy-diff.js';

/** Somebody undid what we did: put back at once, then after 1 s, 2 s, 4 s … 5 minutes. */
const FIRST_PATIENCE = 1000;
/** What failed is tried again after 0.1 s, 0.2 s … 5 minutes, and whenever there is a pass anyway. */
const FIRST_RETRY = 100;
const LONGEST = 300_000;
/** So long after it was put back, an object that is undone is undone for the first time again. */
const FORGET = 2 * LONGEST;

interface Undone {
  readonly contents: string;
  readonly times: number;
  /** when it may be put back, in milliseconds of the scheduler */
  readonly until: number;
}

interface Failed {
  readonly times: number;
  readonly message: string;
  readonly again: number;
}

/** What earlier passes leave to the next one. Keys are those of actions and conflicts. */
export interface Memory {
  /** what was found or made as it should be: if it has to be made again, somebody undid it */
  readonly standing: ReadonlyMap<string, string>;
  readonly undone: ReadonlyMap<string, Undone>;
  readonly failed: ReadonlyMap<string, Failed>;
  /** conflicts that were told */
  readonly conflicts: ReadonlySet<string>;
}

export const emptyMemory: Memory = { standing: new Map(), undone: new Map(), failed: new Map(), conflicts: new Set() };

export interface Restrained {
  /** to be done now */
  readonly actions: readonly Action[];
  /** not before their time */
  readonly deferred: readonly Action[];
  /** what somebody undid since the last pass */
  readonly undone: readonly Action[];
  readonly memory: Memory;
}

const patience = (times: number): number => (times === 1 ? 0 : Math.min(FIRST_PATIENCE * 2 ** (times - 2), LONGEST));

/**
 * Holds back what somebody undoes again and again, so that two who disagree do not spin.
 *
 * @param isExcused the kernel itself may have removed routes, as it does with their link or addresses
 * @param now milliseconds of the scheduler
 */
export const restrain = (memory: Memory, { actions, desired }: Plan, isExcused: boolean, now: number): Restrained => {
  const undone = new Map([...memory.undone].filter(([key, { until }]) => desired.has(key) && until + FORGET > now));
  const news: Action[] = [];
  const deferred: Action[] = [];
  const allowed = actions.filter(action => {
    const { key, contents, isRefresh, change } = action;
    if (contents === '' || isRefresh) return true;
    const before = undone.get(key);
    const isUndone = memory.standing.get(key) === contents && !(isExcused && change.object.kind === 'route');
    if (isUndone) {
      const times = (before?.times ?? 0) + 1;
      undone.set(key, { contents, times, until: now + patience(times) });
      news.push(action);
    }
    const held = undone.get(key);
    const isLate = held?.contents !== contents || held.until <= now;
    if (!isLate) deferred.push(action);
    return isLate;
  });
  return { actions: allowed, deferred, undone: news, memory: { ...memory, undone } };
};

export interface Failure {
  readonly action: Action;
  readonly message: string;
}

/**
 * The memory after a pass. `failures` of it that are to be told: those that failed before, too, for a link or an address
 * may have gone on the way.
 */
export const remember = (
  { actions, deferred, memory }: Restrained,
  { desired, conflicts }: Plan,
  failures: readonly Failure[],
  now: number,
): { readonly memory: Memory; readonly tell: readonly Failure[] } => {
  const taken = conflicts.map(({ key }) => key);
  const failed = new Map<string, Failed>();
  const tell: Failure[] = [];
  for (const failure of failures) {
    const { action, message } = failure;
    const before = memory.failed.get(action.key);
    const times = (before?.times ?? 0) + 1;
    failed.set(action.key, { times, message, again: now + Math.min(FIRST_RETRY * 2 ** (times - 1), LONGEST) });
    if (times === 2 || (times > 2 && before?.message !== message)) tell.push(failure);
  }
  const standing = new Map(desired);
  for (const key of [...deferred.map(action => action.key), ...failed.keys(), ...taken]) standing.delete(key);
  const undone = new Map(memory.undone);
  // Once it is made as it is wanted now, what was undone before counts only if it was this.
  for (const { key, contents } of actions)
    if (contents !== '' && undone.get(key)?.contents !== contents) undone.delete(key);
  return { memory: { standing, undone, failed, conflicts: new Set(taken) }, tell };
};

/** When to look again, in milliseconds of the scheduler; Infinity: no reason of its own. */
export const nextLook = ({ undone, failed }: Memory, now: number): number =>
  Math.min(
    ...[...undone.values()].map(({ until }) => until).filter(until => until > now),
    ...[...failed.values()].map(({ again }) => again),
  );
