import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { geteuid } from 'node:process';
import { defer, Observable, of } from 'rxjs';
import { namesIn, onDisk } from './on-disk.js';
import { MIB, readRegularFile } from './regular-file.js';
import { isScarcity, outlasting } from '../processes/scarcity.js';
import { createTrustedWays } from './trusted-ways.js';
import { placeOf, type Walk, type Walker } from './walk.js';

export type { Place, Walk } from './walk.js';

/** A name in a directory, and where it leads. */
export interface Entry extends Walk {
  readonly name: string;
}

export interface Listing {
  /** as it was asked for */
  readonly directory: string;
  /** the way to the directory; without `end` and `error` there is none; of an empty one only the `end` is told, as asked for */
  readonly way: Walk;
  /** in no order; their `places` begin below the directory */
  readonly entries: readonly Entry[];
}

export interface Files {
  /** the users whose files may be executed: root, and the daemon's own if it is an ordinary user without capabilities */
  readonly owners: readonly number[];
  /** what is in these directories (absolute paths) and in which order the kernel gets there; one value */
  readonly list: (directories: readonly string[]) => Observable<readonly Listing[]>;
  /**
   * the text of a regular file; undefined: there is none; one value. Errors say what was found: no regular file, one of more
   * than `most` bytes (1 MiB, if not said), one that may not be read
   */
  readonly read: (path: string, most?: number) => Observable<string | undefined>;
  /** makes a directory, mode 0755, if it is missing and its parent belongs to the daemon's user; whether it is there now */
  readonly ensureDirectory: (path: string) => Observable<boolean>;
}

/** What `ask` gives, or throws, when subscribed: `defer` and `of` in one, as each event asks. */
const asked = <T>(ask: () => T): Observable<T> =>
  new Observable(out => {
    out.next(ask());
    out.complete();
  });

/**
 * The real file system. Calls are synchronous, inside the Observable: some ten microseconds each, where a round through
 * the thread pool takes longer than the whole listing.
 *
 * @experimental
 */
export const createFiles = (): Files => {
  const uid = geteuid?.() ?? 0;
  const { owners, walker } = createTrustedWays();

  const listOne = (directory: string, walk: Walker): Listing => {
    try {
      const stats = statSync(onDisk(directory), { throwIfNoEntry: false });
      const names = stats === undefined ? [] : namesIn(directory);
      // Most script directories: with nothing in it to execute, nobody asks how the kernel gets there.
      if (names.length === 0)
        return { directory, way: { places: [], end: stats && placeOf(directory, stats) }, entries: [] };
      const way = walk(directory);
      const { end } = way;
      const entries = end === undefined ? [] : names.map(name => ({ name, ...walk(name, end) }));
      return { directory, way, entries };
    } catch (error) {
      if (isScarcity(error)) throw error;
      const way = walk(directory);
      const unread = { ...way, error: error instanceof Error ? error.message : String(error) };
      return { directory, way: way.end === undefined ? way : unread, entries: [] };
    }
  };

  return {
    owners,
    list: directories =>
      asked(() => {
        const walk = walker();
        return directories.map(directory => listOne(directory, walk));
      }).pipe(outlasting()),
    read: (path, most = MIB) =>
      asked(() => {
        const read = readRegularFile(path, most);
        if (read.is === 'refused') throw Object.assign(new Error(read.why), read.code && { code: read.code });
        return read.is === 'text' ? read.text : undefined;
      }).pipe(outlasting()),
    ensureDirectory: path =>
      defer(() => {
        try {
          if (statSync(onDisk(path), { throwIfNoEntry: false })) return of(true);
          if (statSync(onDisk(dirname(path))).uid !== uid) return of(false);
          mkdirSync(onDisk(path), 0o755);
          return of(true);
        } catch {
          return of(false);
        }
      }),
  };
};
