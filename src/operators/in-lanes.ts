import { Observable, type OperatorFunction } from 'rxjs';
import { oneByOne, type Row } from './one-by-one.js';

/** What may become one while it waits. */
export interface Joining<T> {
  /** values of one lane with the same key may be joined; undefined: never */
  readonly joinKey: (value: T) => string | undefined;
  /** one value for both, in the newer one's place; undefined: nothing is left of them */
  readonly join: (older: T, newer: T) => T | undefined;
}

export interface Lanes<T, K> extends Joining<T> {
  /** values that may wait in one lane before the two oldest that can be joined are joined */
  readonly limit: number;
  /** told once per run how many joins made room in this lane */
  readonly onJoined: (key: K, joins: number) => void;
}

interface Lane<T, K> extends Row {
  readonly key: K;
  readonly waiting: { readonly value: T }[];
  joins: number;
}

/** Lanes that may lie empty: to delete each and open it again costs more than the lane, see docs/decisions.md. */
const KEPT = 256;

const isEmpty = <T, K>({ isRunning, waiting }: Lane<T, K>): boolean => !isRunning && waiting.length === 0;

/** Joins the oldest pair of one key, in place; linear, because a lane of what cannot be joined may grow long. */
const joinOldest = <T>(waiting: { readonly value: T }[], { joinKey, join }: Joining<T>): boolean => {
  const seen = new Map<string, number>();
  for (const [newerAt, { value: newer }] of waiting.entries()) {
    const key = joinKey(newer);
    if (key === undefined) continue;
    const olderAt = seen.get(key);
    const older = olderAt === undefined ? undefined : waiting[olderAt];
    if (olderAt === undefined || older === undefined) {
      seen.set(key, newerAt);
      continue;
    }
    const joined = join(older.value, newer);
    waiting.splice(newerAt, 1, ...(joined === undefined ? [] : [{ value: joined }]));
    waiting.splice(olderAt, 1);
    return true;
  }
  return false;
};

/**
 * Projects the values of one key one after the other and those of different keys side by side; nothing is dropped.
 *
 * ```
 * source   -a-b-A--------|      a and b in one lane, A in another; each takes 4 frames
 * result   -----a---(Ab)-|      b waits for a; A does not
 * ```
 * Lanes that run empty are kept, within bounds. At the limit the two oldest that can be joined are joined. When the
 * source completes the lanes drain; unsubscribing cancels what runs. An error of a projection is an error of the result.
 */
export const inLanes =
  <T, R, K>(key: (value: T) => K, project: (value: T) => Observable<R>, options: Lanes<T, K>): OperatorFunction<T, R> =>
  source =>
    new Observable<R>(out => {
      const lanes = new Map<K, Lane<T, K>>();
      let completed = false;
      const completeWhenEmpty = (): void => {
        if (completed && [...lanes.values()].every(isEmpty)) out.complete();
      };
      const take = (lane: Lane<T, K>): { readonly value: T } | undefined => {
        if (lane.joins > 0) options.onJoined(lane.key, lane.joins);
        lane.joins = 0;
        return lane.waiting.shift();
      };
      const close = (lane: Lane<T, K>): void => {
        if (lanes.size > KEPT) lanes.delete(lane.key);
        completeWhenEmpty();
      };
      const wake = oneByOne(take, project, out, close);
      const laneOf = (k: K): Lane<T, K> => {
        const open = lanes.get(k);
        if (open !== undefined) return open;
        const lane: Lane<T, K> = { isRunning: false, key: k, waiting: [], joins: 0 };
        lanes.set(k, lane);
        return lane;
      };
      out.add(
        source.subscribe({
          next: value => {
            const lane = laneOf(key(value));
            lane.waiting.push({ value });
            if (lane.waiting.length > options.limit && joinOldest(lane.waiting, options)) lane.joins += 1;
            wake(lane);
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            completed = true;
            completeWhenEmpty();
          },
        }),
      );
    });
