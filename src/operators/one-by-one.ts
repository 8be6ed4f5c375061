import { type Observable, type Subscriber, throwError } from 'rxjs';
import { toError } from '../model/fault.js';

/** A row of values of which one is projected at a time. */
export interface Row {
  isRunning: boolean;
}

/**
 * The piece that `concatMapByKey`, `conflateRepeat` and `inOrder` share: projects what `take` hands out of a row, one after the other, into `out`;
 * tells `idle` when it has nothing more. The returned function says that there may be something to take.
 */
export const oneByOne = <T, R, L extends Row>(
  take: (row: L) => { readonly value: T } | undefined,
  project: (value: T, row: L) => Observable<R>,
  out: Subscriber<R>,
  idle: (row: L) => void,
): ((row: L) => void) => {
  const projected = (value: T, row: L): Observable<R> => {
    try {
      return project(value, row);
    } catch (error) {
      return throwError(() => toError(error));
    }
  };
  const wake = (row: L): void => {
    // A loop, not recursion: many projections that end at once must not grow the stack.
    while (!row.isRunning && !out.closed) {
      const next = take(row);
      if (next === undefined) {
        idle(row);
        return;
      }
      row.isRunning = true;
      let subscribed = false;
      const inner = projected(next.value, row).subscribe({
        next: result => out.next(result),
        error: (error: unknown) => out.error(error),
        complete: () => {
          row.isRunning = false;
          if (!subscribed) return;
          out.remove(inner);
          wake(row);
        },
      });
      subscribed = true;
      out.add(inner);
    }
  };
  return wake;
};
