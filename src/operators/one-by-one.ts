import { type Observable, type Subscriber, throwError } from 'rxjs';
import { toError } from '../model/fault.js';

/**
 * The piece that `inLanes` and `newestMap` share: projects what `take` hands out, one after the other, into `out`; tells
 * `idle` when `take` has nothing more. The returned function says that there may be something to take.
 */
export const oneByOne = <T, R>(
  take: () => { readonly value: T } | undefined,
  project: (value: T) => Observable<R>,
  out: Subscriber<R>,
  idle: () => void,
): (() => void) => {
  let running = false;
  const projected = (value: T): Observable<R> => {
    try {
      return project(value);
    } catch (error) {
      return throwError(() => toError(error));
    }
  };
  const wake = (): void => {
    // A loop, not recursion: many projections that end at once must not grow the stack.
    while (!running && !out.closed) {
      const next = take();
      if (next === undefined) {
        idle();
        return;
      }
      running = true;
      let subscribed = false;
      const inner = projected(next.value).subscribe({
        next: result => out.next(result),
        error: (error: unknown) => out.error(error),
        complete: () => {
          running = false;
          if (!subscribed) return;
          out.remove(inner);
          wake();
        },
      });
      subscribed = true;
      out.add(inner);
    }
  };
  return wake;
};
