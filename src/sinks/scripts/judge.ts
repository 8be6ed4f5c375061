import { textToBytes } from '@network-stack/netlink/text';
import { fault, type Fault } from '../../model/fault.js';
import type { FaultCode } from '../../model/fault-codes.js';
import type { Entry, Listing } from '../../system/files/files.js';
import { distrust } from '../../config/trust.js';

export interface Scripts {
  /** paths, in the order in which they run */
  readonly paths: readonly string[];
  readonly faults: readonly Fault[];
}

/** What happens to an entry of a script directory. `off`: deliberately disabled, which is not reported. */
export interface Verdict {
  readonly path: string;
  readonly is: 'run' | 'off' | 'skipped' | 'refused';
  /** why it does not run; empty if it does */
  readonly why: string;
}

/**
 * The contents of a script directory. `fault`: why nothing in it runs; undefined if the directory itself is in order.
 */
export interface Judged {
  readonly fault: Fault | undefined;
  /** in the order in which they run */
  readonly scripts: readonly Verdict[];
}

/** Leftovers of editors and package managers. */
const leftover = /^\.|~$|\.(bak|rpmsave|rpmorig|rpmnew|swp)$|\.dpkg-/;

const byBytes = (a: Entry, b: Entry): number => Buffer.compare(textToBytes(a.name), textToBytes(b.name));

const judge = (path: string, { name, places, end, error }: Entry, owners: readonly number[]): Verdict => {
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

/**
 * Judges every entry of a script directory. A directory that does not exist is empty.
 *
 * @param owners users whose files may be executed
 */
export const judgeScripts = ({ directory, way, entries }: Listing, owners: readonly number[]): Judged => {
  const none = (code: FaultCode, why: string): Judged => ({
    fault: fault(code, `script directory ${directory} ${why}`),
    scripts: [],
  });
  if (way.error !== undefined) return none('directory-unreadable', `cannot be read: ${way.error}`);
  if (entries.length === 0) return { fault: undefined, scripts: [] };
  const unsafe = distrust(way.places, owners);
  if (unsafe !== undefined) return none('directory-unsafe', `is refused: ${unsafe}`);
  const scripts = entries.toSorted(byBytes).map(entry => judge(`${directory}/${entry.name}`, entry, owners));
  return { fault: undefined, scripts };
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

const nothing: Scripts = { paths: [], faults: [] };

/** Which scripts of a directory run, and faults for the others, except those that are disabled. */
export const scriptsIn = (listing: Listing, owners: readonly number[]): Scripts => {
  if (listing.entries.length === 0 && listing.way.error === undefined) return nothing;
  const judged = judgeScripts(listing, owners);
  return {
    paths: judged.scripts.filter(({ is }) => is === 'run').map(({ path }) => path),
    faults: judged.fault === undefined ? judged.scripts.flatMap(faultOf) : [judged.fault],
  };
};
