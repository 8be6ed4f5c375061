import { asyncScheduler, type MonoTypeOperatorFunction, Observable, type SchedulerLike, type Subscription } from 'rxjs';

/**
 * Passes a value on when it has not come again for that long; each value waits on its own, and not at all if it is to be quiet for 0.
 *
 * ```
 * source   -a-ba---------|      3 frames of quiet
 * result   ------ba------|      a came again before it was old enough
 * ```
 * What still waits on completion is passed on.
 */
export const debounceByValue =
  <T>(quiet: number | ((value: T) => number), scheduler: SchedulerLike = asyncScheduler): MonoTypeOperatorFunction<T> =>
  source =>
    new Observable<T>(out => {
      const waiting = new Map<T, Subscription>();
      const forget = (value: T): void => {
        const timer = waiting.get(value);
        if (timer === undefined) return;
        timer.unsubscribe();
        out.remove(timer);
        waiting.delete(value);
      };
      out.add(
        source.subscribe({
          next: value => {
            forget(value);
            const wait = typeof quiet === 'number' ? quiet : quiet(value);
            if (wait === 0) {
              out.next(value);
              return;
            }
            const timer = scheduler.schedule(() => {
              forget(value);
              out.next(value);
            }, wait);
            out.add(timer);
            waiting.set(value, timer);
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            for (const value of waiting.keys()) out.next(value);
            out.complete();
          },
        }),
      );
    });
