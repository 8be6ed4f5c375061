import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';
import { oneByOne } from './one-by-one.js';

/** Projects a value; `again(ms)` asks for it to be projected once more so long after this projection has ended. */
export type Repeatable<T, R> = (value: T, again: (ms: number) => void) => Observable<R>;

/**
 * Projects one value at a time, never cancels one half-way, and then goes on with the newest that came meanwhile; if none
 * did, with the same one after the rest that its projection asked for.
 *
 * ```
 * source   -a-b-c--------------|      each takes 5 frames, and wants to be repeated after 3
 * result   ------a----c-------c|      b was older than c: nobody needs it any more
 * ```
 * On completion what runs and the one that waits are finished, and nothing is repeated any more; an error of a projection is
 * an error of the result.
 */
export const conflateRepeat =
  <T, R>(project: Repeatable<T, R>, scheduler: SchedulerLike = asyncScheduler): OperatorFunction<T, R> =>
  source =>
    new Observable<R>(out => {
      let waiting: { readonly value: T } | undefined;
      let newest: { readonly value: T } | undefined;
      let rest = Infinity;
      let timer: Subscription | undefined;
      let completed = false;
      const row = { isRunning: false };

      const stopWaiting = (): void => {
        timer?.unsubscribe();
        timer = undefined;
      };
      const take = (): { readonly value: T } | undefined => {
        const taken = waiting;
        waiting = undefined;
        newest = taken ?? newest;
        if (taken !== undefined) stopWaiting();
        return taken;
      };
      const idle = (): void => {
        if (completed) out.complete();
        else if (rest < Infinity) {
          timer = scheduler.schedule(() => {
            waiting = newest;
            wake(row);
          }, rest);
          out.add(timer);
        }
      };
      const again = (ms: number): void => {
        rest = ms;
      };
      const projected = (value: T): Observable<R> => {
        rest = Infinity;
        return project(value, again);
      };
      const wake = oneByOne(take, projected, out, idle);
      out.add(
        source.subscribe({
          next: value => {
            waiting = { value };
            wake(row);
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            completed = true;
            stopWaiting();
            if (!row.isRunning) out.complete();
          },
        }),
      );
    });
