import { catchError, defer, EMPTY, type Observable, of, tap } from 'rxjs';
import { type Acted, nothingActed } from '../../model/checkpoint.js';
import { fault, type Fault, toError } from '../../model/fault.js';
import type { StateFile } from '../../system/files/state-file.js';
import type { Repeatable } from '../../operators/conflate-repeat.js';
import { formatChange, formatState } from './state-json.js';

/** So many characters are appended to a file at least before it is written anew, or as many as it began with. */
const LEAST_ROOM = 65_536;
const FIRST_RETRY_MS = 1000;
/** The last of them follows 17 minutes after the first; what changes later is a new reason to try. */
const MAX_RETRIES = 10;

/**
 * Writes what was acted on. What is otherwise than before is appended to the file; at first, when it has become twice as long as it
 * began, and when it cannot be appended to, all is written anew. Emits a Fault if that failed and did not before, and asks to be
 * called again: events go on while a disk is full, and when there is room again, a kill must not find what was so before.
 */
export const keepState = (
  { write, append }: Pick<StateFile, 'write' | 'append'>,
  bootId: string,
): Repeatable<Acted, Fault> => {
  let written = nothingActed;
  let room = 0;
  let failures = 0;
  const anew = (acted: Acted): Observable<never> => {
    const text = formatState(acted, bootId);
    room = Math.max(text.length, LEAST_ROOM);
    return write(text);
  };
  return (acted, again) =>
    defer(() => {
      const change = formatChange(written, acted);
      written = acted;
      room -= change.length;
      return room < 0 ? anew(acted) : append(change).pipe(catchError(() => anew(acted)));
    }).pipe(
      tap({ complete: () => (failures = 0) }),
      catchError((error: unknown) => {
        room = 0;
        if (failures < MAX_RETRIES) again(FIRST_RETRY_MS * 2 ** failures);
        failures += 1;
        if (failures > 1) return EMPTY;
        const message = `the state could not be saved: ${toError(error).message}; after a restart, scripts run again for the current states`;
        return of(fault('state-unwritten', message, error));
      }),
    );
};
