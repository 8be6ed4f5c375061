import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EMPTY, defer, type Observable, of } from 'rxjs';
import { outlasting } from '../processes/scarcity.js';

/** Small files for everybody, one or two a link, which others read at any time. */
export interface LinkFiles {
  /** the names of those that are there */
  readonly names: () => Observable<readonly string[]>;
  /** Writes or replaces one, as a whole. Completes; errors are those of the file system. */
  readonly write: (name: string, text: string) => Observable<never>;
  /** Removes one, if it is there. */
  readonly remove: (name: string) => Observable<never>;
}

/** No name of a link begins with it, as it begins a name of its own here. */
const UNFINISHED = '.new';

/** Keeps them in a directory of its own. Calls are synchronous: it is in memory, under /run. */
export const createLinkFiles = (directory: string): LinkFiles => ({
  names: () =>
    defer(() => {
      try {
        return of(readdirSync(directory).filter(name => name !== UNFINISHED));
      } catch {
        return of([]);
      }
    }),
  write: (name, text) =>
    defer(() => {
      const unfinished = join(directory, UNFINISHED);
      mkdirSync(directory, { recursive: true, mode: 0o755 });
      rmSync(unfinished, { force: true });
      writeFileSync(unfinished, text, { mode: 0o644, flag: 'wx' });
      renameSync(unfinished, join(directory, name));
      return EMPTY;
    }).pipe(outlasting()),
  remove: name =>
    defer(() => {
      rmSync(join(directory, name), { force: true });
      return EMPTY;
    }),
});
