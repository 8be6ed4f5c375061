import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import { fault, type Fault, toError } from '../../model/fault.js';
import { MIB, textOf } from './regular-file.js';

/** Where the daemon remembers over its restarts what it has acted on. */
export interface StateFile {
  /** the text that the last run left; empty: none */
  readonly read: () => string;
  /** replaces the file in one step; emits a Fault if that failed, then completes */
  readonly write: (text: string) => Observable<Fault>;
}

/** 10,000 links with a lease each take 8 MiB. */
const MAX_FILE_BYTES = 64 * MIB;

/** Identifies this boot: `/proc/sys/kernel/random/boot_id`, see random(4). */
export const bootId = (): string => textOf('/proc/sys/kernel/random/boot_id').trim();

/** Whoever reads it finds the old text or the new one, whole. Four system calls on a tmpfs: less than to ask a thread. */
const replace = (path: string, text: string): void => {
  const write = (): void => {
    const fd = openSync(`${path}.new`, 'w', 0o600);
    try {
      const written = writeSync(fd, text);
      if (written < Buffer.byteLength(text)) throw new Error(`room for no more than ${written} bytes`);
    } finally {
      closeSync(fd);
    }
  };
  try {
    write();
  } catch {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    write();
  }
  renameSync(`${path}.new`, path);
};

export const stateFile = (path: string): StateFile => ({
  read: () => textOf(path, MAX_FILE_BYTES),
  write: text =>
    // When the event loop has read what waits: a signal that has arrived must not wait for the file of the one before.
    new Observable(out => {
      const immediate = setImmediate(() => {
        try {
          replace(path, text);
        } catch (error) {
          const why = toError(error).message;
          const message = `${path}: the state could not be saved: ${why}; after a restart, scripts run again for the current states`;
          out.next(fault('state-unwritten', message, error));
        }
        out.complete();
      });
      out.add(() => clearImmediate(immediate));
    }),
});
