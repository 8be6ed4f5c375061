import { catchError, type MonoTypeOperatorFunction, type Observable, switchMap, timer } from 'rxjs';
import { toError } from '../../model/fault.js';
import { errorCode } from '../files/error-code.js';

/** How long what lacks is waited for, in milliseconds. */
export const SCARCITY_MS = 30_000;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2_000;

/** Descriptors, memory, processes: others may give them back at any time. */
const scarce: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

/** Has it failed for want of something that may be there later? */
export const isScarcity = (error: unknown): boolean => scarce.has(errorCode(error));

/**
 * Tries again while something lacks: after 50 ms, twice as long each time, up to 2 s; for 30 s in all. Then it fails as it did last.
 *
 * ```
 * tries   #--#-----a-|      #: EMFILE
 * result  ---------a-|
 * ```
 */
export const outlasting =
  <T>(): MonoTypeOperatorFunction<T> =>
  source => {
    const pauseAfter = (failures: number): number => Math.min(FIRST_PAUSE_MS * 2 ** failures, MAX_PAUSE_MS);
    // Not `retry`, and no clock before something lacks: nearly always nothing does.
    const attempt = (failures: number, end?: number): Observable<T> =>
      source.pipe(
        catchError((error: unknown) => {
          const now = performance.now();
          const last = end ?? now + SCARCITY_MS;
          if (!isScarcity(error) || now >= last) throw toError(error);
          return timer(pauseAfter(failures)).pipe(switchMap(() => attempt(failures + 1, last)));
        }),
      );
    return attempt(0);
  };
