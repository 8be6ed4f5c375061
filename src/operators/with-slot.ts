import {
  asapScheduler,
  asyncScheduler,
  type MonoTypeOperatorFunction,
  Observable,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';

/**
 * A slot of a common pool, for as long as the source runs.
 *
 * @param limit how many may run for this one to start
 * @param behind how many wait for this one to end; those with few behind them go first
 */
export type WithSlot = <T>(limit: number, behind?: () => number) => MonoTypeOperatorFunction<T>;

/** What runs for longer holds no slot any more, in milliseconds; but so many of them at most. */
const LONG_RUN_MS = 5000;
const MAX_LONG_RUNS = 8;
/** More behind it makes nobody wait any longer. */
const MAX_COUNTED_BEHIND = 8;

interface Waiting {
  readonly limit: number;
  readonly behind: () => number;
  /** how many had started when it came */
  readonly came: number;
  readonly start: () => void;
}

/**
 * A pool of slots: what is piped through `withSlot(limit)` starts when fewer than `limit` others of the pool run.
 *
 * ```
 * a, limit 1               ^--a--|
 * b, two wait for its end  ^------------b--|      c came later, but nobody waits behind it
 * c                        -^------c--|
 * ```
 * For each that waits behind it, eight at most, one lets as many others go first as wait with it: nobody with few behind him
 * waits for a crowd, and nobody waits for ever. What runs for more than 5 s counts no longer, so that what hangs keeps
 * nobody waiting; eight such at most. Unsubscribing gives the slot, or the place in the queue, back. The limit is
 * each one's own, so that it may change while others wait.
 */
export const createSlots = (
  asap: SchedulerLike = asapScheduler,
  scheduler: SchedulerLike = asyncScheduler,
): WithSlot => {
  const queue: Waiting[] = [];
  let started = 0;
  let taken = 0;
  let long = 0;
  const isFree = (limit: number): boolean => taken - Math.min(long, MAX_LONG_RUNS) < Math.max(1, limit);
  const rank = ({ came, behind }: Waiting): number => came + Math.min(behind(), MAX_COUNTED_BEHIND) * queue.length;
  /** Whose turn it is; of equal ones, the first that came. */
  const first = (): Waiting | undefined => {
    const [oldest] = queue;
    if (oldest === undefined || oldest.behind() === 0) return oldest;
    let best = oldest;
    let lowest = rank(oldest);
    for (const one of queue) {
      const its = rank(one);
      if (its < lowest) [best, lowest] = [one, its];
    }
    return best;
  };
  const forget = (one: Waiting): void => {
    queue.splice(queue.indexOf(one), 1);
  };
  const fill = (): void => {
    for (let next = first(); next !== undefined && isFree(next.limit); next = first()) {
      forget(next);
      started += 1;
      taken += 1;
      next.start();
    }
  };
  /** Takes the slot that was given; the result gives it back. */
  const hold = (): (() => void) => {
    let isLong = false;
    const timer: Subscription = scheduler.schedule(() => {
      isLong = true;
      long += 1;
      fill();
    }, LONG_RUN_MS);
    return () => {
      timer.unsubscribe();
      taken -= 1;
      if (isLong) long -= 1;
    };
  };
  return (limit, behind = () => 0) =>
    source =>
      new Observable(out => {
        const waiting: Waiting = {
          limit,
          behind,
          came: started,
          start: () => {
            leave = hold();
            out.add(source.subscribe(out));
          },
        };
        let leave = (): void => forget(waiting);
        queue.push(waiting);
        out.add(() => {
          leave();
          // Not at once: if all are being unsubscribed, the next one must not start only to be killed.
          if (queue.length > 0) asap.schedule(fill);
        });
        fill();
      });
};
