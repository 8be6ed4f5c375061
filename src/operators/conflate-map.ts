import { Observable, type OperatorFunction } from 'rxjs';
import { oneByOne } from './one-by-one.js';

/**
 * Projects one value at a time, never cancels one half-way, and then goes on with the newest that came meanwhile.
 *
 * ```
 * source   -a-b-c-----------|      each takes 5 frames
 * result   ------a----c-----|      b was older than c: nobody needs it any more
 * ```
 * On completion what runs and the one that waits are finished; an error of a projection is an error of the result.
 */
export const conflateMap =
  <T, R>(project: (value: T) => Observable<R>): OperatorFunction<T, R> =>
  source =>
    new Observable<R>(out => {
      let waiting: { readonly value: T } | undefined;
      let completed = false;
      const take = (): { readonly value: T } | undefined => {
        const taken = waiting;
        waiting = undefined;
        return taken;
      };
      const row = { isRunning: false };
      const wake = oneByOne(take, project, out, () => {
        if (completed) out.complete();
      });
      out.add(
        source.subscribe({
          next: value => {
            waiting = { value };
            wake(row);
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            completed = true;
            if (!row.isRunning) out.complete();
          },
        }),
      );
    });
