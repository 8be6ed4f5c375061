import { from, type Observable } from 'rxjs';
import { inOrder } from './in-order.js';

/**
 * Projects each value of a list, one after the other, by `inOrder`.
 *
 * ```
 * all      [a, b, c]      each takes 2 frames
 * result   --a-b-(c|)
 * ```
 */
export const inTurn = <T, R>(all: readonly T[], project: (value: T) => Observable<R>): Observable<R> =>
  from(all).pipe(inOrder(project));
