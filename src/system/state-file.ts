import { mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { catchError, defer, ignoreElements, type Observable, of } from 'rxjs';
import { fault, type Fault, toError } from '../model/fault.js';

/** Where the daemon remembers over its restarts what it has acted on. */
export interface StateFile {
  /** the text that the last run left; empty: none */
  readonly read: () => string;
  /** replaces the file in one step; emits a Fault if that failed, then completes */
  readonly write: (text: string) => Observable<Fault>;
}

/** Identifies this boot: `/proc/sys/kernel/random/boot_id`, see random(4). */
export const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
};

export const stateFile = (path: string): StateFile => ({
  read: () => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  },
  write: text =>
    defer(async () => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    }).pipe(
      ignoreElements(),
      catchError((error: unknown) =>
        of(
          fault(
            'warn',
            'state-unwritten',
            `${path}: expected to write what was acted on, found ${toError(error).message}; after a restart the present states run again`,
            error,
          ),
        ),
      ),
    ),
});
