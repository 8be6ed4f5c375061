import { textToBytes } from '@network-stack/netlink/text';
import { fault, type Fault } from '../../model/fault.js';
import type { FaultCode } from '../../model/fault-codes.js';
import type { Entry, Listing } from '../../system/files/files.js';
import { distrust } from '../../config/trust.js';

export interface Scripts {
  /** those that run, in their order */
  readonly scripts: readonly Verdict[];
  readonly faults: readonly Fault[];
}

/** What happens to an entry of a script directory. `off`: deliberately disabled, which is not reported. */
export interface Verdict {
  readonly path: string;
  readonly is: 'run' | 'off' | 'skipped' | 'refused';
  /** why it does not run; empty if it does */
  readonly why: string;
  /** it waits for no script before it, nor they for it */
  readonly atOnce?: true;
}

/** The contents of a script directory, of all trees that have it. */
export interface Judged {
  /** why nothing in one of them runs, nor in the trees after it; undefined if all are in order */
  readonly fault: Fault | undefined;
  /** in the order in which they run */
  readonly scripts: readonly Verdict[];
}

/** Leftovers of editors and package managers. */
const leftovers = /^\.|~$|\.(bak|rpmsave|rpmorig|rpmnew|swp)$|\.dpkg-/;

const judge = (
  path: string,
  { name, places, end, error }: Entry,
  owners: readonly number[],
  leftover: RegExp,
): Verdict => {
  const skip = (why: string): Verdict => ({ path, is: 'skipped', why });
  const off = (why: string): Verdict => ({ path, is: 'off', why });
  if (places.length === 0 && error === undefined) return off('it vanished while being checked');
  if (leftover.test(name)) return skip('hidden files and leftovers of editors and package managers do not run');
  if (end === undefined) return skip(error ?? 'it is a broken link');
  if (end.path === '/dev/null') return off('a link to /dev/null disables its name');
  if (end.kind === 'file' && end.size === 0) return off('an empty file disables its name');
  if (end.kind !== 'file') return skip('expected a regular file');
  if ((end.mode & 0o111) === 0) return skip('it is not executable: chmod +x it');
  const unsafe = distrust(places, owners);
  return unsafe === undefined ? { path, is: 'run', why: '' } : { path, is: 'refused', why: unsafe };
};

export const hiddenBy = (instead: string, path: string): Verdict => ({
  path,
  is: 'off',
  why: `${instead} has its name`,
});

/** What is wrong with a directory as a whole. */
export const faultOfDirectory = (
  { directory, way, entries }: Listing,
  owners: readonly number[],
): Fault | undefined => {
  const wrong = (code: FaultCode, why: string): Fault => fault(code, `script directory ${directory} ${why}`);
  if (way.error !== undefined) return wrong('directory-unreadable', `cannot be read: ${way.error}`);
  const unsafe = entries.length === 0 ? undefined : distrust(way.places, owners);
  return unsafe === undefined ? undefined : wrong('directory-unsafe', `is refused: ${unsafe}`);
};

/**
 * Judges every entry of a script directory. Of entries with the same name, the one in the first tree counts, whatever
 * it is; a directory that is refused might hide any name, so nothing in the trees after it runs.
 *
 * @param layers the directory in each tree, the first one first; one that does not exist is empty
 * @param owners users whose files may be executed
 * @param leftover names that do not run
 */
export const judgeScripts = (
  layers: readonly Listing[],
  owners: readonly number[],
  leftover: RegExp = leftovers,
): Judged => {
  const found: { readonly name: Uint8Array; readonly verdict: Verdict }[] = [];
  const counting = new Map<string, string>();
  const inOrder = (fault?: Fault): Judged => ({
    fault,
    scripts: found.toSorted((a, b) => Buffer.compare(a.name, b.name)).map(({ verdict }) => verdict),
  });
  for (const listing of layers) {
    const fault = faultOfDirectory(listing, owners);
    if (fault !== undefined) return inOrder(fault);
    for (const entry of listing.entries) {
      const path = `${listing.directory}/${entry.name}`;
      const counts = counting.get(entry.name) ?? path;
      counting.set(entry.name, counts);
      const verdict = counts === path ? judge(path, entry, owners, leftover) : hiddenBy(counts, path);
      found.push({ name: textToBytes(entry.name), verdict });
    }
  }
  return inOrder();
};

const faultOf = ({ path, is, why }: Verdict): readonly Fault[] => {
  switch (is) {
    case 'run':
    case 'off':
      return [];
    case 'skipped':
      return [fault('script-skipped', `script ${path} is skipped: ${why}`)];
    case 'refused':
      return [fault('script-unsafe', `script ${path} is refused: ${why}`)];
  }
};

const nothing: Scripts = { scripts: [], faults: [] };

/** Judges every entry of a script directory, see `judgeScripts`. */
export type Judge = (layers: readonly Listing[], owners: readonly number[]) => Judged;

/** Which scripts of a directory run, and faults for the others, except those that are disabled. */
export const scriptsIn = (
  layers: readonly Listing[],
  owners: readonly number[],
  judgeAll: Judge = judgeScripts,
): Scripts => {
  if (layers.every(({ entries, way }) => entries.length === 0 && way.error === undefined)) return nothing;
  const { fault, scripts } = judgeAll(layers, owners);
  return {
    scripts: scripts.filter(({ is }) => is === 'run'),
    faults: [...scripts.flatMap(faultOf), ...(fault === undefined ? [] : [fault])],
  };
};
