import { endWith, ignoreElements, type MonoTypeOperatorFunction, type Observable, takeUntil } from 'rxjs';

/**
 * Passes values on until another stream has ended; what that emits does not matter. An error of it is one of the result.
 *
 * ```
 * other    -x-x--|
 * source   --a--b--c--|
 * result   --a--b|
 * ```
 */
export const untilEndOf = <T>(other$: Observable<unknown>): MonoTypeOperatorFunction<T> =>
  takeUntil(other$.pipe(ignoreElements(), endWith(undefined)));
