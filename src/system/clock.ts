import { defer, mergeMap, type Observable, of, timer } from 'rxjs';

/** The wall clock, in milliseconds since the epoch. */
export interface Clock {
  readonly now: () => number;
  /** the time, once it is this or later; unsubscribing forgets it */
  readonly at: (instant: number) => Observable<number>;
}

/** Timers do not run while the computer sleeps and know nothing of a clock that is set: the wall clock is asked at least so often. */
const MAX_SLEEP_MS = 3_600_000;

const at = (instant: number): Observable<number> =>
  defer(() => {
    const left = instant - Date.now();
    if (left <= 0) return of(Date.now());
    return timer(Math.min(left, MAX_SLEEP_MS)).pipe(mergeMap(() => at(instant)));
  });

export const systemClock: Clock = { now: () => Date.now(), at };
