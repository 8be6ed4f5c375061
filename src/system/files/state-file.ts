import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { catchError, defer, EMPTY, Observable, throwError } from 'rxjs';
import { toError } from '../../model/fault.js';
import { MIB, textOf } from './regular-file.js';

/** Where the daemon remembers over its restarts what it has acted on. Calls are made when subscribed; errors say what failed. */
export interface StateFile {
  /** the text that the last run left; empty: none */
  readonly read: () => string;
  /** replaces the file in one step: whoever reads it finds the old text or the new one, whole; if that cannot be, none */
  readonly write: (text: string) => Observable<never>;
  /** adds to what was written; an error if the file is not that one any more */
  readonly append: (text: string) => Observable<never>;
  /** One value when the event loop has read what waits: a signal that has arrived must not wait for what the one before has written. */
  readonly quiet$: Observable<unknown>;
}

/** 10,000 links with a lease each take 8 MiB. */
const MAX_FILE_BYTES = 64 * MIB;

/** Identifies this boot: `/proc/sys/kernel/random/boot_id`, see random(4). */
export const bootId = (): string => textOf('/proc/sys/kernel/random/boot_id').trim();

const add = (fd: number, text: string): void => {
  const written = writeSync(fd, text);
  if (written < Buffer.byteLength(text)) throw new Error(`room for no more than ${written} bytes`);
};

/** A new file with this text in the place of the old one, open. */
const create = (path: string, text: string): number => {
  const fd = openSync(`${path}.new`, 'w', 0o600);
  try {
    add(fd, text);
    renameSync(`${path}.new`, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
};

/** Calls are synchronous: one on a tmpfs, or four, take less than to ask a thread. */
export const stateFile = (path: string): StateFile => {
  let open: number | undefined;
  const close = (): void => {
    if (open !== undefined) closeSync(open);
    open = undefined;
  };
  const naming = catchError<never, Observable<never>>((error: unknown) =>
    throwError(() => new Error(`${path}: ${toError(error).message}`, { cause: error })),
  );
  /** The directory may be gone; on a full disk there may be room where the old file was, which must not outlive what it says. */
  const remedies = [
    (): unknown => mkdirSync(dirname(path), { recursive: true, mode: 0o755 }),
    (): void => [path, `${path}.new`].forEach(one => rmSync(one, { force: true })),
  ];
  const created = (text: string, [remedy, ...others] = remedies): number => {
    try {
      return create(path, text);
    } catch (error) {
      if (remedy === undefined) throw error;
      remedy();
      return created(text, others);
    }
  };
  const replace = (text: string): void => {
    close();
    open = created(text);
  };
  return {
    read: () => textOf(path, MAX_FILE_BYTES),
    write: text =>
      defer(() => {
        replace(text);
        return EMPTY;
      }).pipe(naming),
    append: text =>
      defer(() => {
        if (open === undefined || !existsSync(path)) throw new Error('nothing of this run is there');
        add(open, text);
        return EMPTY;
      }).pipe(naming),
    quiet$: new Observable(out => {
      const immediate = setImmediate(() => out.next(undefined));
      out.add(() => clearImmediate(immediate));
    }),
  };
};
