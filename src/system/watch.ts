import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import picomatch from 'picomatch';
import { defer, map, merge, Observable } from 'rxjs';
import { directoryWatch } from './watch-directory.js';

/** Files of a few directories, which may come, go, be replaced, truncated and rewritten at any time. */
export interface Watch {
  /**
   * The paths that match these globs (absolute; wildcards in the last part only): all that there are first, then those
   * that something happened to. A directory that is missing is waited for. Errors when the kernel refuses to watch.
   */
  readonly paths: (globs: readonly string[]) => Observable<readonly string[]>;
  /** Is there such a file, whether or not it may be read? */
  readonly isThere: (path: string) => boolean;
}

/** Differs whenever the file is another one or was written to; undefined: there is none. */
const stampOf = (path: string): string | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
};

const stamps = (directory: string, isMatch: (name: string) => boolean): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  try {
    for (const name of readdirSync(directory).filter(isMatch)) {
      const stamp = stampOf(join(directory, name));
      if (stamp !== undefined) found.set(join(directory, name), stamp);
    }
  } catch {
    return found; // it went meanwhile, or may not be read: the next change tells
  }
  return found;
};

/** The files that differ from the last look. */
const matching = (directory: string, patterns: readonly string[]): Observable<readonly string[]> =>
  defer(() => {
    const isMatch = picomatch([...patterns], { noextglob: true, nobrace: true });
    let before: ReadonlyMap<string, string> = new Map();
    return directoryWatch.changes(directory).pipe(
      map(() => {
        const now = stamps(directory, name => isMatch(name));
        const other = [...new Set([...before.keys(), ...now.keys()])].filter(
          path => before.get(path) !== now.get(path),
        );
        before = now;
        return other;
      }),
    );
  });

/** By inotify(7) on the directories. */
export const createWatch = (): Watch => ({
  isThere: path => existsSync(path),
  paths: globs =>
    new Observable(out => {
      const directories = [...new Set(globs.map(glob => dirname(glob)))];
      const patternsOf = (directory: string): readonly string[] =>
        globs.filter(glob => dirname(glob) === directory).map(glob => basename(glob));
      /** What is there at first comes synchronously: it is told in one. */
      let first: string[] | undefined = [];
      out.add(
        merge(...directories.map(directory => matching(directory, patternsOf(directory)))).subscribe({
          next: paths => {
            if (first !== undefined) first.push(...paths);
            else if (paths.length > 0) out.next(paths);
          },
          error: (error: unknown) => out.error(error),
        }),
      );
      const all = first;
      first = undefined;
      out.next(all);
    }),
});
