import { Observable } from 'rxjs';
import { oneByOne } from './one-by-one.js';

/**
 * Projects each value of a list, one after the other. Like `from(all).pipe(concatMap(project))`, but that grows the stack where one
 * projection takes its time and hundreds behind it end at once, as all do once a connection is closed.
 *
 * ```
 * all      [a, b, c]      each takes 2 frames
 * result   --a-b-(c|)
 * ```
 */
export const inTurn = <T, R>(all: readonly T[], project: (value: T) => Observable<R>): Observable<R> =>
  new Observable<R>(out => {
    const rest = all.values();
    const take = (): { readonly value: T } | undefined => {
      const next = rest.next();
      return next.done === true ? undefined : { value: next.value };
    };
    oneByOne(take, project, out, () => out.complete())({ isRunning: false });
  });
