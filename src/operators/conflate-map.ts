import type { Observable, OperatorFunction } from 'rxjs';
import { conflateRepeat } from './conflate-repeat.js';

/**
 * Projects one value at a time, never cancels one half-way, and then goes on with the newest that came meanwhile.
 *
 * ```
 * source   -a-b-c-----------|      each takes 5 frames
 * result   ------a----c-----|      b was older than c: nobody needs it any more
 * ```
 * On completion what runs and the one that waits are finished; an error of a projection is an error of the result. It is
 * `conflateRepeat` without a repetition.
 */
export const conflateMap = <T, R>(project: (value: T) => Observable<R>): OperatorFunction<T, R> =>
  conflateRepeat(value => project(value));
