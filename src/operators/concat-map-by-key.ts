import { defer, EMPTY, Observable, type OperatorFunction, Subject } from 'rxjs';
import { type Backlog, createBacklog, type Joining } from './backlog.js';
import { oneByOne, type Row } from './one-by-one.js';

export type { Joining };

export interface Lanes<T, K> extends Joining<T> {
  /** values that may wait in one lane before those that can be joined are joined */
  readonly limit: number;
  /**
   * told how many joins made room in this lane: when the first value behind them has its turn, and of those that were made
   * meanwhile once more when the lane is empty
   */
  readonly onJoined: (key: K, joins: number) => void;
  /** the key of a lane that this value waits for: not for ever, but for what is in it at this moment */
  readonly waitsFor?: (value: T) => K | undefined;
}

/** In the place of a value, where lanes wait for one another. */
class Gate {
  constructor(readonly passed$: Observable<never>) {}
}

/** How many values wait behind the one that is being projected. */
export type Behind = () => number;

interface Lane<T, K> extends Row {
  readonly key: K;
  readonly waiting: { readonly value: T | Gate }[];
  /** all that waits, since there was too much of it, until the lane is empty */
  backlog: Backlog<T | Gate> | undefined;
  /** joins that were told of */
  told: number;
  readonly behind: Behind;
}

/** Lanes that may lie empty: to delete each and open it again costs more than the lane, see docs/decisions.md. */
const MAX_EMPTY_LANES = 256;

/** Nothing is joined over a gate. */
const withGates = <T>({ joinKey, join }: Joining<T>): Joining<T | Gate> => ({
  joinKey: item => (item instanceof Gate ? undefined : joinKey(item)),
  join: (older, newer) => (older instanceof Gate || newer instanceof Gate ? newer : join(older, newer)),
});

const isEmpty = <T, K>({ isRunning, waiting, backlog }: Lane<T, K>): boolean =>
  !isRunning && waiting.length === 0 && backlog === undefined;

/**
 * Projects the values of one key one after the other and those of different keys side by side; nothing is dropped.
 *
 * ```
 * source   -a-b-A--------|      a and b in one lane, A in another; each takes 4 frames
 * result   -----a---(Ab)-|      b waits for a; A does not
 * ```
 * A value that `waitsFor` another lane begins when what was in that one by then has ended: a gate in each of the two lanes. Since
 * it waits for older values only, no two wait for each other. Lanes that run empty are kept, within bounds. Past the limit, what can be joined is joined (see `createBacklog`). When the
 * source completes the lanes drain; unsubscribing cancels what runs. An error of a projection is an error of the result.
 */
export const concatMapByKey =
  <T, R, K>(
    key: (value: T) => K,
    project: (value: T, behind: Behind) => Observable<R>,
    options: Lanes<T, K>,
  ): OperatorFunction<T, R> =>
  source =>
    new Observable<R>(out => {
      const lanes = new Map<K, Lane<T, K>>();
      let completed = false;
      const completeWhenEmpty = (): void => {
        if (completed && [...lanes.values()].every(isEmpty)) out.complete();
      };
      const tell = (lane: Lane<T, K>, joins: number): void => {
        if (joins > lane.told) options.onJoined(lane.key, joins - lane.told);
        lane.told = joins;
      };
      const joining = withGates(options);
      const push = (lane: Lane<T, K>, value: T | Gate): void => {
        if (lane.backlog === undefined) lane.waiting.push({ value });
        else lane.backlog.push(value);
        if (lane.waiting.length <= options.limit) return;
        const backlog = createBacklog(options.limit, joining);
        for (const each of lane.waiting.splice(0)) backlog.push(each.value);
        lane.backlog = backlog;
      };
      const take = (lane: Lane<T, K>): { readonly value: T | Gate } | undefined => {
        const { backlog } = lane;
        if (backlog === undefined) return lane.waiting.shift();
        const next = backlog.shift();
        if (lane.told === 0 || next === undefined) tell(lane, backlog.joins());
        if (next !== undefined) return next;
        lane.backlog = undefined;
        lane.told = 0;
        return undefined;
      };
      const close = (lane: Lane<T, K>): void => {
        if (lanes.size > MAX_EMPTY_LANES) lanes.delete(lane.key);
        completeWhenEmpty();
      };
      const projected = (value: T | Gate, lane: Lane<T, K>): Observable<R> =>
        value instanceof Gate ? value.passed$ : project(value, lane.behind);
      const wake = oneByOne(take, projected, out, close);
      const laneOf = (k: K): Lane<T, K> => {
        const open = lanes.get(k);
        if (open !== undefined) return open;
        const behind: Behind = () => lane.backlog?.size() ?? lane.waiting.length;
        const lane: Lane<T, K> = { isRunning: false, key: k, waiting: [], backlog: undefined, told: 0, behind };
        lanes.set(k, lane);
        return lane;
      };
      const waitFor = (other: Lane<T, K>, lane: Lane<T, K>): void => {
        const passed$ = new Subject<never>();
        push(
          other,
          new Gate(
            defer(() => {
              passed$.complete();
              return EMPTY;
            }),
          ),
        );
        push(lane, new Gate(passed$));
      };
      out.add(
        source.subscribe({
          next: value => {
            const lane = laneOf(key(value));
            const first = options.waitsFor?.(value);
            const other = first === undefined ? undefined : lanes.get(first);
            if (other !== undefined && other !== lane && !isEmpty(other)) waitFor(other, lane);
            push(lane, value);
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
