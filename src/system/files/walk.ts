import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { fromDisk, onDisk } from './on-disk.js';

/** One component of a path, as lstat(2) sees it. */
export interface Place {
  /** absolute, without links, `.` and `..` */
  readonly path: string;
  readonly kind: 'directory' | 'file' | 'link' | 'other';
  readonly uid: number;
  /** permission bits with setuid, setgid and sticky: 0–0o7777 */
  readonly mode: number;
  /** bytes */
  readonly size: number;
}

/** What the kernel passes on its way along a path. */
export interface Walk {
  /** every component, links and what they point to included, in the kernel's order */
  readonly places: readonly Place[];
  /** where the path leads; undefined: to nothing, or not to be known */
  readonly end: Place | undefined;
  /** why it cannot be known */
  readonly error?: string;
}

export type Walker = (path: string, from?: Place) => Walk;

/** The kernel follows as many links in one path (path_resolution(7)). */
const MAX_SYMLINKS = 40;

const kindOf = (stats: Stats): Place['kind'] => {
  if (stats.isFile()) return 'file';
  if (stats.isSymbolicLink()) return 'link';
  return stats.isDirectory() ? 'directory' : 'other';
};

/** A place as `stats` show it. */
export const placeOf = (path: string, stats: Stats): Place => ({
  path,
  kind: kindOf(stats),
  uid: stats.uid,
  mode: stats.mode & 0o7777,
  size: stats.size,
});

/**
 * Follows paths component by component as path_resolution(7) does, and looks at each place once, however many paths pass
 * it. Good for one listing: it remembers what it saw.
 *
 * @returns a function of an absolute path, or of a path relative to a directory that an earlier walk ended in
 */
export const createWalker = (): Walker => {
  const seen = new Map<string, Place | undefined>();
  const look = (path: string): Place | undefined => {
    if (seen.has(path)) return seen.get(path);
    const stats = lstatSync(onDisk(path), { throwIfNoEntry: false });
    const place = stats && placeOf(path, stats);
    seen.set(path, place);
    return place;
  };

  /** Fills `places` on its way; throws what lstat(2) and readlink(2) fail with, except for what does not exist. */
  const follow = (path: string, from: string, places: Place[]): Place | undefined => {
    let at = from === '/' ? '' : from;
    let links = 0;
    const ahead = path.split('/').reverse();
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
        continue;
      }
      const place = look(`${at}/${name}`);
      if (place === undefined) return undefined;
      places.push(place);
      if (place.kind !== 'link') {
        at = place.path;
        continue;
      }
      links += 1;
      if (links > MAX_SYMLINKS) throw new Error(`more than ${MAX_SYMLINKS} symbolic links in one path`);
      const target = fromDisk(readlinkSync(onDisk(place.path), 'latin1'));
      if (target.startsWith('/')) at = '';
      ahead.push(...target.split('/').reverse());
    }
    return look(at === '' ? '/' : at);
  };

  return (path, from) => {
    const places: Place[] = [];
    try {
      const root = from === undefined ? look('/') : undefined;
      if (root !== undefined) places.push(root);
      return { places, end: follow(path, from?.path ?? '/', places) };
    } catch (error) {
      return { places, end: undefined, error: error instanceof Error ? error.message : String(error) };
    }
  };
};
