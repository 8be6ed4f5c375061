import { asyncScheduler, type MonoTypeOperatorFunction, Observable, type SchedulerLike, type Subscription } from 'rxjs';

interface Waiting {
  readonly due: number;
  readonly timer: Subscription;
}

/**
 * Passes a value on when it has not come again for that long, at the latest when `most` has passed since it came first: somebody
 * may see to it that it comes again and again. Each value waits on its own, and not at all if it is to be quiet for 0.
 *
 * ```
 * source   -a-ba---------|      3 frames of quiet
 * result   ------ba------|      a came again before it was old enough
 * ```
 * What still waits on completion is passed on.
 */
export const debounceByValue =
  <T>(
    quiet: number | ((value: T) => number),
    most: number,
    scheduler: SchedulerLike = asyncScheduler,
  ): MonoTypeOperatorFunction<T> =>
  source =>
    new Observable<T>(out => {
      const waiting = new Map<T, Waiting>();
      const forget = (value: T): void => {
        waiting.get(value)?.timer.unsubscribe();
        waiting.delete(value);
      };
      out.add(
        source.subscribe({
          next: value => {
            const now = scheduler.now();
            const due = waiting.get(value)?.due ?? now + most;
            forget(value);
            const rest = typeof quiet === 'number' ? quiet : quiet(value);
            if (rest === 0) {
              out.next(value);
              return;
            }
            const wait = Math.max(0, Math.min(rest, due - now));
            const timer = scheduler.schedule(() => {
              forget(value);
              out.next(value);
            }, wait);
            out.add(timer);
            waiting.set(value, { due, timer });
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            for (const value of waiting.keys()) out.next(value);
            out.complete();
          },
        }),
      );
    });
