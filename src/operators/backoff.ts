import { asyncScheduler, type MonoTypeOperatorFunction, retry, type SchedulerLike, timer } from 'rxjs';

const FIRST_DELAY_MS = 200;

/**
 * Resubscribes whenever the source fails: after 200 ms, then twice as long each time, `longest` milliseconds at most; after
 * 200 ms again once it has emitted something. Completion is none of its business.
 *
 * ```
 * source   -a-#                   -#                   -b---
 * result   -a- ··· 200 frames ··· -- ··· 400 frames ··· -b---
 * ```
 */
export const backoff = <T>(longest: number, scheduler: SchedulerLike = asyncScheduler): MonoTypeOperatorFunction<T> =>
  retry({
    delay: (_, count) => timer(Math.min(FIRST_DELAY_MS * 2 ** (count - 1), longest), scheduler),
    resetOnSuccess: true,
  });
