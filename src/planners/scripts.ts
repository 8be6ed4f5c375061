import { fault, type Fault } from '../model/fault.js';
import type { Entry, Listing } from '../system/files.js';
import { distrust } from './script-trust.js';

export interface Scripts {
  /** paths, in the order in which they run */
  readonly paths: readonly string[];
  readonly faults: readonly Fault[];
}

type Verdict = 'run' | 'off' | Fault;

/** What editors and package managers leave behind. */
const leftover = /^\.|~$|\.(bak|rpmsave|rpmorig|rpmnew|swp)$|\.dpkg-/;

const byBytes = (a: Entry, b: Entry): number => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));

const judge = (path: string, { name, places, end, error }: Entry, owners: readonly number[]): Verdict => {
  const skip = (why: string): Fault => fault('warn', 'script-skipped', `script ${path} is skipped: ${why}`);
  if (places.length === 0 && error === undefined) return 'off'; // it went while we were looking
  if (leftover.test(name)) return skip('hidden files and leftovers of editors and package managers do not run');
  if (end === undefined) return skip(error ?? 'it leads to nothing');
  if (end.path === '/dev/null' || (end.kind === 'file' && end.size === 0)) return 'off';
  if (end.kind !== 'file') return skip('expected a regular file');
  if ((end.mode & 0o111) === 0) return skip('it is not executable: chmod +x it');
  const unsafe = distrust(places, owners);
  return unsafe === undefined ? 'run' : fault('warn', 'script-unsafe', `script ${path} is refused: ${unsafe}`);
};

/**
 * Which scripts of a directory run, and what is to be said about the others. An empty file and a link to /dev/null switch
 * a name off without a word; a directory that does not exist is empty.
 *
 * @param owners users whose files may be executed
 */
export const scriptsIn = ({ directory, way, entries }: Listing, owners: readonly number[]): Scripts => {
  const none = (code: string, why: string): Scripts => ({
    paths: [],
    faults: [fault('warn', code, `script directory ${directory} ${why}`)],
  });
  if (way.error !== undefined) return none('directory-unreadable', `cannot be read: ${way.error}`);
  if (entries.length === 0) return { paths: [], faults: [] };
  const unsafe = distrust(way.places, owners);
  if (unsafe !== undefined) return none('directory-unsafe', `is refused: ${unsafe}`);

  const paths: string[] = [];
  const faults: Fault[] = [];
  for (const entry of entries.toSorted(byBytes)) {
    const path = `${directory}/${entry.name}`;
    const verdict = judge(path, entry, owners);
    if (verdict === 'run') paths.push(path);
    else if (verdict !== 'off') faults.push(verdict);
  }
  return { paths, faults };
};
