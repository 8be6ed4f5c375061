import {
  type Access,
  type Action,
  type Conflict,
  type Failure,
  type Ours,
  type Plan,
  type Retry,
  UNSURE,
} from './target.js';

/** What somebody undoes is put back at once, then after 1 s, 2 s, 4 s … 5 minutes. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 300_000;
/** An object left alone for this long after it was put back starts anew. */
const FORGET_MS = 2 * MAX_PAUSE_MS;

interface Undone {
  readonly contents: string;
  readonly times: number;
  /** when it may be put back: milliseconds of the scheduler */
  readonly until: number;
}

interface Failed {
  readonly contents: string;
  readonly by: string;
  readonly times: number;
  readonly message: string;
  readonly isFinal: boolean;
  /** when it is retried: milliseconds of the scheduler */
  readonly again: number;
}

/** What a pass hands to the next. Keys are those of actions and conflicts; '' stands for reading the actual state. */
export interface Memory {
  readonly ours: Ours;
  readonly undone: ReadonlyMap<string, Undone>;
  readonly failed: ReadonlyMap<string, Failed>;
  /** conflicts that have been reported */
  readonly conflicts: ReadonlySet<string>;
}

export const emptyMemory: Memory = { ours: new Map(), undone: new Map(), failed: new Map(), conflicts: new Set() };

/** The initial memory of a run: what an earlier one left, by key. */
export const inheriting = (left: ReadonlyMap<string, string>): Memory => ({
  ...emptyMemory,
  ours: new Map([...left].map(([key, contents]) => [key, { contents, by: '' }])),
});

export interface Restrained<Change> {
  /** to be done now */
  readonly actions: readonly Action<Change>[];
  /** not before their time */
  readonly deferred: readonly Action<Change>[];
  /** what somebody undid since the last pass */
  readonly undone: readonly Action<Change>[];
  readonly memory: Memory;
}

const pauseAfter = (times: number): number =>
  times === 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (times - 2), MAX_PAUSE_MS);

/**
 * Defers what somebody keeps undoing, so that two programs that disagree do not spin, and drops what was refused for
 * good.
 *
 * @param now milliseconds of the scheduler
 */
export const restrain = <Change>(
  memory: Memory,
  { actions, desired }: Plan<Change>,
  { id }: Access,
  now: number,
): Restrained<Change> => {
  const undone = new Map([...memory.undone].filter(([key, { until }]) => desired.has(key) && until + FORGET_MS > now));
  const news: Action<Change>[] = [];
  const deferred: Action<Change>[] = [];
  const isRefusedForGood = ({ key, contents }: Action<Change>): boolean => {
    const failed = memory.failed.get(key);
    return failed?.isFinal === true && failed.contents === contents && failed.by === id;
  };
  const allowed = actions.filter(action => {
    const { key, contents, isRefresh = false, isExcused = false } = action;
    if (isRefusedForGood(action)) return false;
    if (contents === '' || isRefresh) return true;
    const before = undone.get(key);
    const ours = memory.ours.get(key);
    if (!isExcused && ours?.contents === contents && ours.by === id) {
      const times = (before?.times ?? 0) + 1;
      undone.set(key, { contents, times, until: now + pauseAfter(times) });
      news.push(action);
    }
    const held = undone.get(key);
    const mayGo = held?.contents !== contents || held.until <= now;
    if (!mayGo) deferred.push(action);
    return mayGo;
  });
  return { actions: allowed, deferred, undone: news, memory: { ...memory, undone } };
};

/** The failures of a pass as they are remembered, and those to report. */
const failuresAfter = <Change>(
  memory: Memory,
  failures: readonly Failure<Change>[],
  { id }: Access,
  retry: Retry,
  now: number,
): { readonly failed: ReadonlyMap<string, Failed>; readonly tell: readonly Failure<Change>[] } => {
  const failed = new Map<string, Failed>();
  const tell: Failure<Change>[] = [];
  for (const failure of failures) {
    const { key = '', contents = '' } = failure.action ?? {};
    const { message, isFinal } = failure.refused;
    const before = memory.failed.get(key);
    const times = (before?.contents === contents ? before.times : 0) + 1;
    const again = isFinal ? Infinity : now + retry.delay(times);
    failed.set(key, { contents, by: id, times, message, isFinal, again });
    if (isFinal || times === retry.tellAt || (times > retry.tellAt && before?.message !== message)) tell.push(failure);
  }
  return { failed, tell };
};

/** The memory after a pass, and the failures and conflicts to report. */
export const remember = <Change>(
  { actions, deferred, memory }: Restrained<Change>,
  { desired, conflicts, actions: planned, isUnsettled = false }: Plan<Change>,
  failures: readonly Failure<Change>[],
  access: Access,
  retry: Retry,
  now: number,
): {
  readonly memory: Memory;
  readonly tell: readonly Failure<Change>[];
  readonly conflicts: readonly Conflict[];
} => {
  const taken = new Set(conflicts.map(({ key }) => key));
  const { failed: news, tell } = failuresAfter(memory, failures, access, retry, now);
  const tried = new Set(actions.map(({ key }) => key));
  // What was refused for good and is still called for has not been tried again.
  const failed = new Map(
    [...memory.failed].filter(
      ([key, { isFinal }]) => isFinal && !tried.has(key) && planned.some(one => one.key === key),
    ),
  );
  for (const [key, one] of news) failed.set(key, one);
  const open = new Set([...deferred.map(({ key }) => key), ...failed.keys(), ...taken]);
  const gone = new Set(failures.flatMap(({ action, refused }) => (refused.isGone === true ? [action?.key] : [])));
  // What could not be changed or withdrawn is still there.
  const ours = new Map([...memory.ours].filter(([key]) => failed.has(key) && !gone.has(key)));
  for (const [key, contents] of desired) if (!open.has(key)) ours.set(key, { contents, by: access.id });
  for (const { action, refused } of failures) {
    if (action === undefined || refused.mayBeDone !== true || refused.isGone === true) continue;
    const contents = action.contents === '' ? memory.ours.get(action.key)?.contents : action.contents;
    if (contents !== undefined) ours.set(action.key, { contents, by: UNSURE });
  }
  const undone = new Map(memory.undone);
  // Once it has been made as wanted now, earlier undoings count only if they concerned the same contents.
  for (const { key, contents } of actions)
    if (contents !== '' && undone.get(key)?.contents !== contents) undone.delete(key);
  const told = conflicts.filter(({ key, mayPass = false }) => memory.conflicts.has(key) || !(mayPass && isUnsettled));
  return {
    memory: { ours, undone, failed, conflicts: new Set(told.map(({ key }) => key)) },
    tell,
    conflicts: told.filter(({ key }) => !memory.conflicts.has(key)),
  };
};

/** The memory after the actual state could not be read. */
export const rememberUnread = <Change>(
  memory: Memory,
  failure: Failure<Change>,
  access: Access,
  retry: Retry,
  now: number,
): { readonly memory: Memory; readonly tell: readonly Failure<Change>[] } => {
  const { failed, tell } = failuresAfter(memory, [failure], access, retry, now);
  return { memory: { ...memory, failed: new Map([...memory.failed, ...failed]) }, tell };
};

/** When the next pass is due, in milliseconds of the scheduler; Infinity: not by itself. */
export const nextLook = ({ undone, failed }: Memory, now: number): number =>
  Math.min(
    ...[...undone.values()].map(({ until }) => until).filter(until => until > now),
    ...[...failed.values()].map(({ again }) => again),
  );
