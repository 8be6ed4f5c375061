import { textToBytes } from '@network-stack/netlink/text';
import { distrust } from '../../../config/trust.js';
import { fault, type Fault } from '../../../model/fault.js';
import { groupBy } from '../../../model/values/group-by.js';
import type { Entry, Listing } from '../../../system/files/files.js';
import { faultOfDirectory, hiddenBy, type Judge, type Verdict } from '../judge.js';

const MODE = 0o755;
const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
const otherMode = (mode: number): string =>
  `its mode is ${octal(mode)}, and networkd-dispatcher runs only what has ${octal(MODE)}: chmod 755 it`;

/** Why none of its files run there; we are no less careful than usual. */
const wrongDirectory = (listing: Listing, owners: readonly number[]): Fault | undefined => {
  const { directory, way, entries } = listing;
  const wrong = (why: string): Fault => fault('directory-unsafe', `script directory ${directory} is refused: ${why}`);
  const ours = faultOfDirectory(listing, owners);
  if (ours !== undefined || entries.length === 0) return ours;
  const name = directory.slice(directory.lastIndexOf('/'));
  if (way.places.some(({ kind, path }) => kind === 'link' && path.endsWith(name)))
    return wrong('it is a link, which networkd-dispatcher does not follow');
  return way.end !== undefined && way.end.mode !== MODE ? wrong(otherMode(way.end.mode)) : undefined;
};

const judge = (path: string, { places, end, error }: Entry, owners: readonly number[]): Verdict => {
  const is = (what: Verdict['is'], why: string): Verdict => ({ path, is: what, why });
  if (places.length === 0 && error === undefined) return is('off', 'it vanished while being checked');
  if (end === undefined) return is('skipped', error ?? 'it is a broken link');
  if (end.kind !== 'file') return is('skipped', 'expected a regular file');
  const unsafe = distrust(places, owners);
  if (unsafe !== undefined) return is('refused', unsafe);
  return end.mode === MODE ? is('run', '') : is('skipped', otherMode(end.mode));
};

/**
 * Judges the entries as networkd-dispatcher 2.2 does: of files with the same name the first one that may run counts, one that may not hides
 * nothing; hidden files and leftovers run, links to /dev/null disable nothing; modes are 0755. Besides, nobody else may be able to change
 * anything on the way. An empty file hides the others, but does not stop the scripts after it.
 */
export const judgeLikeDispatcher: Judge = (layers, owners) => {
  const faults = layers.map(listing => wrongDirectory(listing, owners));
  const entries = layers.flatMap(({ directory, entries: found }, nth) =>
    faults[nth] === undefined ? found.map(entry => ({ path: `${directory}/${entry.name}`, entry })) : [],
  );
  const ofName = (same: readonly (typeof entries)[number][]): readonly Verdict[] => {
    let counts: string | undefined;
    return same.map(({ path, entry }) => {
      if (counts !== undefined) return hiddenBy(counts, path);
      const verdict = judge(path, entry, owners);
      if (verdict.is !== 'run') return verdict;
      counts = path;
      return entry.end?.size === 0 ? { path, is: 'skipped', why: 'it is empty' } : verdict;
    });
  };
  const byName = [...groupBy(entries, ({ entry }) => entry.name)].map(([name, same]) => ({
    name: textToBytes(name),
    same,
  }));
  return {
    fault: faults.find(each => each !== undefined),
    scripts: byName.toSorted((a, b) => Buffer.compare(a.name, b.name)).flatMap(({ same }) => ofName(same)),
  };
};
