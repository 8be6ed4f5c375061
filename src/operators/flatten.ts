import { Observable, type OperatorFunction } from 'rxjs';

/**
 * Passes on what is in a list, one after the other. Like `mergeAll`, without an Observable for each list.
 *
 * ```
 * source   -a----b-c----|      a: [1, 2], b: [], c: [3]
 * result   -(12)---3----|
 * ```
 */
export const flatten =
  <T>(): OperatorFunction<readonly T[], T> =>
  source =>
    new Observable<T>(out =>
      source.subscribe({
        next: list => {
          for (const one of list) out.next(one);
        },
        error: (error: unknown) => out.error(error),
        complete: () => out.complete(),
      }),
    );
