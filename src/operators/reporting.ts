import { defer, finalize, merge, type Observable, Subject } from 'rxjs';

/**
 * A flow beside which something is told, faults say: it stands among the flow's values, at the moment when it is told.
 *
 * ```
 * flow     -a-b-c-|      of b it reports f
 * result   -a-(fb)-c-|
 * ```
 * What is told after the end is told to nobody.
 */
export const reporting = <T, F>(flow: (report: (told: F) => void) => Observable<T>): Observable<T | F> =>
  defer(() => {
    const told$ = new Subject<F>();
    return merge(told$, flow(told => told$.next(told)).pipe(finalize(() => told$.complete())));
  });
