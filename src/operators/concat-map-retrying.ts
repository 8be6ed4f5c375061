import {
  asyncScheduler,
  connect,
  filter,
  merge,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
  Subject,
  tap,
} from 'rxjs';
import { debounceByValue } from './debounce-by-value.js';
import { inOrder } from './in-order.js';
import { untilEndOf } from './until-end-of.js';

const FIRST_DELAY_MS = 1000;
/** The last of them follows 17 minutes after the first: something else is wrong by then, and nobody is woken for ever. */
const MAX_TRIES = 10;

/** How often it has failed in a row, and the word that it has again. */
export interface Attempt {
  readonly failures: number;
  readonly fail: () => void;
}

/**
 * `inOrder`, and what failed is tried again: after 1 s, then twice as long each time, ten times at most; whenever its value comes
 * anyway, the count starts with that. Each value on its own.
 *
 * ```
 * source   -a------------------------------|      a: a file; x: it could not be read, y: it was
 * result   -x ··· 1 s ··· x ··· 2 s ··· y--|
 * ```
 */
export const concatMapRetrying = <T, R>(
  project: (value: T, attempt: Attempt) => Observable<R>,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<T, R> =>
  connect(value$ => {
    const failures = new Map<T, number>();
    const failed$ = new Subject<T>();
    const again$ = failed$.pipe(
      debounceByValue(value => FIRST_DELAY_MS * 2 ** ((failures.get(value) ?? 1) - 1), Infinity, scheduler),
      filter(value => failures.has(value)),
      untilEndOf(value$),
    );
    const attempted = (value: T): Observable<R> => {
      const before = failures.get(value) ?? 0;
      const fail = (): void => {
        failures.set(value, before + 1);
        if (before < MAX_TRIES) failed$.next(value);
      };
      failures.delete(value);
      return project(value, { failures: before, fail });
    };
    return merge(value$.pipe(tap(value => failures.delete(value))), again$).pipe(inOrder(attempted));
  });
