import { concat, defer, EMPTY, filter, map, merge, Observable, of, startWith, Subject, throwError } from 'rxjs';
import { listing, place, script } from '../../fakes/fake-files.js';
import { globOf } from '../../model/names/glob.js';
import type { Files } from '../../system/files/files.js';
import type { LinkFiles } from '../../system/files/link-files.js';
import type { ScriptFiles } from '../../system/files/script-files.js';
import type { StateFile } from '../../system/files/state-file.js';
import type { DirectoryWatch } from '../../system/files/watch-directory.js';
import type { Watch } from '../../system/files/watch-files.js';
import type { Faults } from '../faults.js';
import type { Random } from '../random.js';
import type { Time } from '../time.js';

export const SCRIPTS = '/etc/network-broker';
const STATE = '/run/network-broker/state.json';

/** The files of a simulated host, by path. */
export interface Disk {
  readonly text: (path: string) => string | undefined;
  /** undefined: it is removed */
  readonly write: (path: string, text: string | undefined) => void;
  /** a process's own view of it; `held`: how many files it keeps for scripts */
  readonly client: () => {
    readonly files: Files;
    readonly scriptFiles: ScriptFiles;
    readonly linkFiles: LinkFiles;
    readonly state: StateFile;
    readonly directories: DirectoryWatch;
    readonly leaseFiles: Watch;
  };
  readonly held: () => number;
  readonly watches: () => number;
}

/** Files of others: what is read of them may not be there to be had at the moment. */
const UNREADABLE = /^\/(run\/systemd|var\/lib\/dhcp)\//;

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

const failure = (code: string): Error => Object.assign(new Error(`${code}: simulated`), { code });

/**
 * Texts by path; who watches a directory is told a little later that something in it changed, once or twice. Scripts are the
 * files below the script directory: they belong to root, and what is in them is nobody's business.
 */
export const createDisk = (time: Time, random: Random, faults: Faults): Disk => {
  const texts = new Map<string, string>();
  const written$ = new Subject<string>();
  let held = 0;
  let watches = 0;

  const write = (path: string, text: string | undefined): void => {
    if (text === undefined) texts.delete(path);
    else texts.set(path, text);
    written$.next(path);
  };
  const names = (directory: string): readonly string[] =>
    [...texts.keys()].filter(path => directoryOf(path) === directory).map(path => path.slice(directory.length + 1));

  const changes = (directory: string, isOf: (path: string) => boolean): Observable<string> =>
    new Observable(out => {
      watches += 1;
      out.add(() => (watches -= 1));
      out.add(
        written$.pipe(filter(path => directoryOf(path) === directory && isOf(path))).subscribe({
          next: path => out.add(time.after(random.within(0, 3), () => out.next(path))),
          error: (error: unknown) => out.error(error),
        }),
      );
    });

  const stateFile = (): StateFile => {
    let isOurs = false;
    const tried = (change: (code: string | undefined) => void): Observable<never> =>
      defer(() => {
        const code = faults.take('state');
        change(code);
        return code === undefined ? EMPTY : throwError(() => failure(code));
      });
    return {
      read: () => texts.get(STATE) ?? '',
      // `short`: the new file is cut, and never takes the old one's place; which goes.
      write: text =>
        tried(code => {
          isOurs = code === undefined;
          if (isOurs) texts.set(STATE, text);
          else texts.delete(STATE);
        }),
      append: text => {
        const before = texts.get(STATE);
        if (!isOurs || before === undefined) return throwError(() => failure('ENOENT'));
        return tried(code => {
          if (code === undefined) texts.set(STATE, before + text);
          else if (code === 'short') texts.set(STATE, before + text.slice(0, random.within(0, text.length - 1)));
        });
      },
      quiet$: new Observable(out => out.add(time.after(0, () => out.next(undefined)))),
    };
  };

  const client: Disk['client'] = () => ({
    files: {
      owners: [0],
      list: directories =>
        defer(() =>
          of(
            directories.map(directory => {
              const found = names(directory);
              return found.length === 0
                ? { directory, way: { places: [], end: place(directory, { kind: 'directory' }) }, entries: [] }
                : listing(
                    directory,
                    found.map(name => script(`${directory}/${name}`)),
                  );
            }),
          ),
        ),
      read: path =>
        defer(() => {
          const code = UNREADABLE.test(path) ? faults.take('read') : undefined;
          return code === undefined ? of(texts.get(path)) : throwError(() => failure(code));
        }),
      ensureDirectory: () => of(true),
    },
    linkFiles: { names: () => of([]), write: () => EMPTY, remove: () => EMPTY },
    scriptFiles: {
      hold: name =>
        new Observable(out => {
          const code = faults.take('script-file');
          if (code !== undefined) {
            out.error(failure(code));
            return;
          }
          held += 1;
          out.add(() => (held -= 1));
          out.next(`/run/network-broker/script-files/${name}`);
        }),
    },
    state: stateFile(),
    directories: {
      changes: directory =>
        changes(directory, () => true).pipe(
          map(() => undefined),
          startWith(undefined),
        ),
    },
    leaseFiles: {
      paths: globs =>
        defer(() => {
          const all = globs.map(glob => {
            const directory = directoryOf(glob);
            const isMatch = globOf(glob.slice(directory.length + 1));
            return { directory, isOf: (path: string): boolean => isMatch(path.slice(directory.length + 1)) };
          });
          const found = all.flatMap(({ directory, isOf }) =>
            [...texts.keys()].filter(path => directoryOf(path) === directory && isOf(path)),
          );
          const later = all.map(({ directory, isOf }) => changes(directory, isOf).pipe(map(path => [path])));
          return concat(of([...new Set(found)]), merge(...later));
        }),
    },
  });
  return { text: path => texts.get(path), write, client, held: () => held, watches: () => watches };
};

export const noInhibitor = EMPTY;
