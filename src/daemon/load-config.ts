import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Observable } from 'rxjs';
import { defer, map, mergeMap } from 'rxjs';
import type { Config } from '../model/config.js';
import type { Fault, Report } from '../model/fault.js';
import { fault, toError } from '../model/fault.js';
import { distrust } from '../config/trust.js';
import { namesIn } from '../system/files/on-disk.js';
import { MIB, readRegularFile } from '../system/files/regular-file.js';
import { createTrustedWays } from '../system/files/trusted-ways.js';
import type { Walk, Walker } from '../system/files/walk.js';
import type { ConfigText } from '../config/assignments.js';
import type { Parsed } from '../config/parse.js';
import { parseConfig } from '../config/parse.js';

export interface Loaded extends Parsed {
  /** the texts read: first the file itself (empty if missing), then the drop-ins */
  readonly texts: readonly ConfigText[];
}

/** A valid configuration. */
export interface InForce extends Loaded {
  readonly config: Config;
}

export const inForce = ({ config, ...rest }: Loaded): InForce | undefined => config && { config, ...rest };

/** More would be a mistake, and each has to be read. */
const MAX_DROP_INS = 1000;
/** Of all drop-ins together: all of them are kept. */
const MAX_LENGTH = 4 * MIB;

const unreadable = (why: string): Fault => fault('config-unreadable', why);

/** For the file itself only: a missing directory of drop-ins is normal. */
const missing = (file: string): Fault => fault('config-missing', `${file}: no such file; every key has its default`);

interface Found {
  readonly texts: readonly ConfigText[];
  readonly faults: readonly Fault[];
}

const refused = (path: string, why: string): Found => ({
  texts: [],
  faults: [fault('config-unsafe', `${path} is refused: ${why}`)],
});

/** The text of one file, if only `owners` may write it. */
const textOf = (file: string, { places, end }: Walk, owners: readonly number[]): Found => {
  // It counts as an empty file of nobody's.
  if (end?.path === '/dev/null') return { texts: [{ file, text: '' }], faults: [] };
  const unsafe = distrust(places, owners); // before reading: the file cannot become someone else's in between
  const read = readRegularFile(file, MIB);
  switch (read.is) {
    case 'text':
      return unsafe === undefined ? { texts: [{ file, text: read.text }], faults: [] } : refused(file, unsafe);
    case 'refused':
      return { texts: [], faults: [unreadable(read.why)] };
    case 'absent':
      return { texts: [], faults: [unreadable(`${file}: the link is broken`)] };
  }
};

/** The drop-ins, in the order of their names. */
const dropInsOf = (directory: string, walk: Walker, owners: readonly number[]): Found => {
  const none = (why: string): Found => ({ texts: [], faults: [unreadable(`${directory}: ${why}`)] });
  try {
    if (statSync(directory, { throwIfNoEntry: false }) === undefined) return { texts: [], faults: [] };
    const names = namesIn(directory).filter(name => /^[^.].*\.toml$/.test(name));
    const counts = [MAX_DROP_INS, names.length].map(count => count.toLocaleString('en'));
    if (names.length > MAX_DROP_INS) return none(`expected at most ${counts.join(' drop-ins, found ')}`);
    const unsafe = names.length === 0 ? undefined : distrust(walk(directory).places, owners);
    if (unsafe !== undefined) return refused(directory, unsafe);
    const found: Found[] = [];
    let length = 0;
    for (const file of names.map(name => join(directory, name))) {
      const one = textOf(file, walk(file), owners);
      found.push(one);
      length += one.texts[0]?.text.length ?? 0;
      if (length > MAX_LENGTH) return none(`expected drop-ins of at most ${MAX_LENGTH / MIB} MiB together, found more`);
    }
    return joined(found);
  } catch (cause) {
    return none(`cannot be read: ${toError(cause).message}`);
  }
};

const joined = (found: readonly Found[]): Found => ({
  texts: found.flatMap(({ texts }) => texts),
  faults: found.flatMap(({ faults }) => faults),
});

/**
 * Reads the configuration file and its drop-ins, `<file>.d/*.toml` in the order of their names. Like scripts, files
 * that others than root, or the daemon's own ordinary user, may write are refused. Never throws: what cannot be read is
 * a fault.
 */
export const loadConfig = (file: string): Loaded => {
  const { owners, walker } = createTrustedWays();
  const walk = walker();
  const way = walk(file);
  const isMissing = way.end === undefined && way.error === undefined;
  const itself = isMissing ? { texts: [{ file, text: '' }], faults: [missing(file)] } : textOf(file, way, owners);
  const { texts, faults } = joined([itself, dropInsOf(`${file}.d`, walk, owners)]);
  const parsed = parseConfig(texts);
  const wrong = faults.some(({ severity }) => severity === 'error');
  return { config: wrong ? undefined : parsed.config, faults: [...faults, ...parsed.faults], texts };
};

const kept = fault('config-kept', 'the configuration has errors; the previous one stays in use');

/**
 * Files that had contents in the configuration in use and are empty now: a file that is written in place is truncated
 * first.
 */
export const emptied = (inUse: Loaded, next: Loaded): readonly Fault[] =>
  next.texts
    .filter(({ file, text }) => text === '' && inUse.texts.some(each => each.file === file && each.text !== ''))
    .map(({ file }) =>
      fault(
        'config-emptied',
        `${file}: expected a configuration, found the file empty or gone, as happens while it is being written: reload again; to reset every key to its default, leave a comment in the file`,
      ),
    );

/** What became of a reload. */
export interface Reload {
  /** undefined if the one in use stays */
  readonly taken: InForce | undefined;
  /** including why it is not taken */
  readonly faults: readonly Fault[];
}

/**
 * What becomes of configurations that are read. If one has errors, all are reported and the one in use stays; likewise
 * while a file is being written.
 *
 *     next$    --r----x----r--   x: the file has errors, or is empty while the one in use is not
 *     result   --t----f----t--   t: taken, f: faults
 */
export const reloadOutcomes = (first: Loaded, next$: Observable<Loaded>): Observable<Reload> =>
  defer(() => {
    let inUse = first;
    return next$.pipe(
      map((next): Reload => {
        const gone = emptied(inUse, next);
        const taken = gone.length > 0 ? undefined : inForce(next);
        inUse = taken ?? inUse;
        const faults = gone.length > 0 ? gone : next.faults;
        return { taken, faults: taken === undefined ? [...faults, kept] : faults };
      }),
    );
  });

/** The configurations of successful reloads; what is wrong with the others is reported. */
export const reloads = (
  first: Loaded,
  load: () => Loaded,
  reload$: Observable<unknown>,
  report: Report,
): Observable<Config> =>
  reloadOutcomes(first, reload$.pipe(map(load))).pipe(
    mergeMap(({ taken, faults }) => {
      faults.forEach(report);
      return taken === undefined ? [] : [taken.config];
    }),
  );
