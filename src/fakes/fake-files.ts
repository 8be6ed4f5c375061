import { defer, of, throwError } from 'rxjs';
import type { Entry, Files, Listing, Place } from '../system/files/files.js';

/** A place that belongs to root and that nobody else can write to, apart from `changes`. */
export const place = (path: string, changes: Partial<Place> = {}): Place => ({
  path,
  kind: 'file',
  uid: 0,
  mode: 0o755,
  size: 100,
  ...changes,
});

/** A script of root's, apart from `changes`: `script('/etc/nb/carrier.d/10-a', { mode: 0o644 })`. */
export const script = (path: string, changes: Partial<Place> = {}): Entry => {
  const end = place(path, changes);
  return { name: path.slice(path.lastIndexOf('/') + 1), places: [end], end };
};

/** A symbolic link of root's to a place. */
export const linkTo = (path: string, end: Place): Entry => ({
  name: path.slice(path.lastIndexOf('/') + 1),
  places: [place(path, { kind: 'link', mode: 0o777 }), end],
  end,
});

/** The directories on the way to a path, itself included. */
const wayTo = (path: string): readonly Place[] =>
  path.split('/').map((_, nth, parts) => place(parts.slice(0, nth + 1).join('/') || '/', { kind: 'directory' }));

/** A directory of root's with these entries; a name stands for a script of root's. */
export const listing = (directory: string, entries: readonly (string | Entry)[]): Listing => {
  const places = wayTo(directory);
  return {
    directory,
    way: { places, end: places.at(-1) },
    entries: entries.map(entry => (typeof entry === 'string' ? script(`${directory}/${entry}`) : entry)),
  };
};

/** Directories by path, their entries as `listing` takes them; files by path, their text. */
export interface FakeTree {
  readonly directories?: Readonly<Record<string, readonly (string | Entry)[]>>;
  readonly texts?: Readonly<Record<string, string>>;
  /** why a path cannot be read */
  readonly refused?: Readonly<Record<string, string>>;
}

/**
 * A file system with the present contents of `tree`; directories cannot be created in it.
 *
 * @experimental
 */
export const fakeFiles = (tree: FakeTree | (() => FakeTree)): Files => {
  const now = typeof tree === 'function' ? tree : () => tree;
  return {
    owners: [0],
    list: directories =>
      defer(() =>
        of(
          directories.map((directory): Listing => {
            const entries = now().directories?.[directory];
            return entries === undefined
              ? { directory, way: { places: [], end: undefined }, entries: [] }
              : listing(directory, entries);
          }),
        ),
      ),
    read: path =>
      defer(() => {
        const { texts, refused } = now();
        const why = refused?.[path];
        return why === undefined ? of(texts?.[path]) : throwError(() => new Error(why));
      }),
    ensureDirectory: path => defer(() => of(now().directories?.[path] !== undefined)),
  };
};
