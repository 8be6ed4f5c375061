import { defer, ignoreElements, type Observable, type OperatorFunction, ReplaySubject, tap } from 'rxjs';

/**
 * A flow that hears at its beginning what has become of it: what goes through `back` comes out of `back$`, at once, and for
 * whoever subscribes later the newest of it. Nothing else comes of what goes through `back`.
 *
 * ```
 * source   -a-----b-----|      the flow adds to it what is heard, as a capital, 3 frames later
 * back     -a-----b-----|
 * result   -a--A--b--B--|
 * ```
 */
export const feedback = <T, R>(
  flow: (back$: Observable<T>, back: OperatorFunction<T, never>) => Observable<R>,
): Observable<R> =>
  defer(() => {
    const back$ = new ReplaySubject<T>(1);
    return flow(back$, source => source.pipe(tap(back$), ignoreElements()));
  });
