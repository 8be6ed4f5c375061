import { type FSWatcher, watch } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { Observable } from 'rxjs';
import { fromDisk, onDisk } from './on-disk.js';
import { isMissing } from './error-code.js';

export interface DirectoryWatch {
  /**
   * Emits at once, when the directory (an absolute path) is watched, and then whenever something in it comes, goes, is
   * written to or gets other permissions; one change may be several values. A directory that is not there is waited
   * for, also after it went. Nothing runs while nothing changes. Errors are those of inotify(7): `ENOSPC` when the user
   * has no watch left.
   */
  readonly changes: (directory: string) => Observable<void>;
}

/**
 * The real file system: inotify(7) on the directory itself, and on the nearest one above it that is there, which tells
 * when it is made, moved away or replaced. (chokidar is deaf to some of this: docs/decisions.md.)
 */
export const directoryWatch: DirectoryWatch = {
  changes: path =>
    new Observable(out => {
      let watchers: readonly FSWatcher[] = [];
      const close = (): void => {
        for (const watcher of watchers) watcher.close();
        watchers = [];
      };
      const tell = (): void => out.next();
      const open = (at: string, changed: (name: string | null) => void): FSWatcher | undefined => {
        try {
          const tellOf = (_: string, name: string | null): void => changed(name && fromDisk(name));
          return watch(onDisk(at), 'latin1', tellOf).on('error', error => out.error(error));
        } catch (error) {
          if (!isMissing(error)) throw error;
          return undefined;
        }
      };
      const above = (at: string): FSWatcher | undefined => {
        const parent = dirname(at);
        if (parent === at) return undefined;
        const [next] = relative(parent, path).split(sep);
        const found = open(parent, name => {
          if (name === next) reopen();
        });
        return found ?? above(parent);
      };
      const reopen = (): void => {
        try {
          close();
          // What lies above first: the directory may come between the two.
          watchers = [above(path), open(path, tell)].filter(watcher => watcher !== undefined);
          tell();
        } catch (error) {
          out.error(error);
        }
      };
      out.add(close);
      reopen();
    }),
};
