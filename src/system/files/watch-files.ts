import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { defer, map, merge, Observable } from 'rxjs';
import { fault, type Report } from '../../model/fault.js';
import { type Glob, globOf } from '../../model/names/glob.js';
import { namesIn, onDisk } from './on-disk.js';
import { directoryWatch } from './watch-directory.js';

/** Files of a few directories, which may come, go, be replaced, truncated and rewritten at any time. */
export interface Watch {
  /**
   * The paths that match these globs (absolute; wildcards in the last part only): all that there are first, then those
   * that something happened to. A directory that is missing is waited for. Of more than 1,000 in one directory the first by
   * name count, and `report` is told. Errors when the kernel refuses to watch.
   */
  readonly paths: (globs: readonly string[], report: Report) => Observable<readonly string[]>;
}

/** So many files of one directory are looked at: somebody else may fill it. */
const MAX_FILES = 1000;

/** Differs whenever the file is another one or was written to; undefined: there is none. */
const stampOf = (path: string): string | undefined => {
  const found = statSync(onDisk(path), { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
};

const stamps = (directory: string, names: readonly string[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  try {
    for (const name of names) {
      const stamp = stampOf(join(directory, name));
      if (stamp !== undefined) found.set(join(directory, name), stamp);
    }
  } catch {
    return found; // it went meanwhile, or may not be searched: the next change tells
  }
  return found;
};

/** In a directory that went, or may not be read, there are none: the next change tells. */
const matchesIn = (directory: string, isMatch: (name: string) => boolean): readonly string[] => {
  try {
    return namesIn(directory).filter(isMatch);
  } catch {
    return [];
  }
};

/** As in the shell, only a pattern that begins with a dot means hidden files. */
const fileGlob = (pattern: string): Glob => {
  const glob = globOf(pattern);
  return name => (!name.startsWith('.') || pattern.startsWith('.')) && glob(name);
};

/** The files that differ from the last look. */
const matching = (directory: string, patterns: readonly string[], report: Report): Observable<readonly string[]> =>
  defer(() => {
    const globs = patterns.map(fileGlob);
    const isMatch = (name: string): boolean => globs.some(glob => glob(name));
    let before: ReadonlyMap<string, string> = new Map();
    let wereMany = false;
    const watched = (names: readonly string[]): readonly string[] => {
      const areMany = names.length > MAX_FILES;
      const found = `found ${names.length.toLocaleString('en')}: the others are not read`;
      const message = `${directory}: expected at most ${MAX_FILES.toLocaleString('en')} files that match, ${found}`;
      if (areMany && !wereMany) report(fault('lease-files-many', message));
      wereMany = areMany;
      return areMany ? names.slice(0, MAX_FILES) : names;
    };
    return directoryWatch.changes(directory).pipe(
      map(() => {
        const now = stamps(directory, watched(matchesIn(directory, isMatch)));
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
  paths: (globs, report) =>
    new Observable(out => {
      const directories = [...new Set(globs.map(glob => dirname(glob)))];
      const patternsOf = (directory: string): readonly string[] =>
        globs.filter(glob => dirname(glob) === directory).map(glob => basename(glob));
      /** What is there at first comes synchronously: it is told in one. */
      let first: string[] | undefined = [];
      out.add(
        merge(...directories.map(directory => matching(directory, patternsOf(directory), report))).subscribe({
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
