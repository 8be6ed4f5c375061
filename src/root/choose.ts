import { rootOnly } from '../config/trust.js';
import type { Tree } from '../model/config.js';
import type { RootRequest } from '../model/root-request.js';
import type { Verdict } from '../sinks/scripts/judge.js';
import { styles } from '../sinks/scripts/styles/styles.js';
import type { Listing, Place } from '../system/files/files.js';
import { type Refused, refused } from './request.js';
import { checkArgs } from './args.js';

/** The tree that is asked for, if root's configuration gives it to root. */
export const chooseTree = (trees: readonly Tree[], { tree, directory, args }: RootRequest): Tree | Refused => {
  const asked = JSON.stringify(tree.path);
  const found = trees.find(
    ({ user, style, path }) => user === 'root' && style === tree.style && JSON.stringify(path) === asked,
  );
  if (found === undefined) return refused("root's configuration gives root no such tree");
  if (!styles[found.style].directories.includes(directory))
    return refused(`expected a directory of the style ${found.style}`);
  return checkArgs(found.style, args) ?? found;
};

export interface Chosen {
  readonly path: string;
  /** the file that the path leads to */
  readonly end: Place;
  /** it waits for no other, nor others for it */
  readonly atOnce: boolean;
}

const nameOf = ({ path }: Verdict): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * What others may write to, sticky or not: what root removes from a sticky directory, anybody may put there anew, between the look and
 * the start.
 */
export const writable = (places: readonly Place[]): Place | undefined =>
  places.find(({ kind, mode }) => kind !== 'link' && (mode & 0o022) !== 0);

/** The script of this name, if it is one of those of the tree that run. */
export const chooseScript = ({ style }: Tree, layers: readonly Listing[], script: string): Chosen | Refused => {
  const { fault, scripts } = styles[style].judge(layers, rootOnly);
  const named = scripts.filter(each => nameOf(each) === script);
  const found = named.find(({ is }) => is === 'run');
  const why = named.find(each => each.why !== '')?.why ?? fault?.message ?? 'there is no such script';
  if (found === undefined) return refused(`it does not run: ${why}`);
  const layer = layers.find(({ directory }) => found.path === `${directory}/${script}`);
  const entry = layer?.entries.find(({ name }) => name === script);
  if (layer === undefined || entry?.end === undefined) return refused('it vanished while being checked');
  const open = writable([...layer.way.places, ...entry.places]);
  return open === undefined
    ? { path: found.path, end: entry.end, atOnce: found.atOnce === true }
    : refused(`${open.path} is writable by group or others: chmod go-w it`);
};
