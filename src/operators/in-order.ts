import { Observable, type OperatorFunction } from 'rxjs';
import { oneByOne } from './one-by-one.js';

/**
 * `concatMap`, but that grows the stack where one projection takes its time and hundreds behind it end at once: by one call for each of
 * these, until nobody hears of anything any more.
 *
 * ```
 * source   -a-b-c-------|      each takes 4 frames
 * result   -----a---b---(c|)
 * ```
 */
export const inOrder =
  <T, R>(project: (value: T) => Observable<R>): OperatorFunction<T, R> =>
  source =>
    new Observable<R>(out => {
      const waiting: { readonly value: T }[] = [];
      const row = { isRunning: false };
      let isOver = false;
      const wake = oneByOne(
        () => waiting.shift(),
        project,
        out,
        () => {
          if (isOver) out.complete();
        },
      );
      out.add(
        source.subscribe({
          next: value => {
            waiting.push({ value });
            wake(row);
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            isOver = true;
            wake(row);
          },
        }),
      );
    });
