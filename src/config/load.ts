import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Observable } from 'rxjs';
import { defer, map, mergeMap } from 'rxjs';
import type { Config } from '../model/config.js';
import type { Fault, Report } from '../model/fault.js';
import { fault, toError } from '../model/fault.js';
import { namesIn } from '../system/on-disk.js';
import { MIB, readRegularFile } from '../system/regular-file.js';
import type { ConfigText } from './assignments.js';
import type { Parsed } from './parse.js';
import { parseConfig } from './parse.js';

export interface Loaded extends Parsed {
  /** what was read: first the file itself, empty if it is missing, then the drop-ins */
  readonly texts: readonly ConfigText[];
}

/** More would be somebody's mistake, and each is read. */
const MOST_DROP_INS = 1000;

const unreadable = (why: string): Fault => fault('error', 'config-unreadable', why);

/** Only the file itself: a directory of drop-ins that is not there is nothing to speak of. */
const missing = (file: string): Fault =>
  fault('warn', 'config-missing', `${file}: there is no such file; every key has its default`);

interface Found {
  readonly texts: readonly ConfigText[];
  readonly faults: readonly Fault[];
}

/** Names of the drop-ins, in their order. */
const dropInsOf = (file: string): { readonly names: readonly string[]; readonly faults: readonly Fault[] } => {
  const directory = `${file}.d`;
  try {
    if (statSync(directory, { throwIfNoEntry: false }) === undefined) return { names: [], faults: [] };
    const names = namesIn(directory).filter(name => /^[^.].*\.toml$/.test(name));
    if (names.length <= MOST_DROP_INS) return { names, faults: [] };
    const counts = [MOST_DROP_INS, names.length].map(count => count.toLocaleString('en'));
    const why = `${directory}: expected at most ${counts[0] ?? ''} drop-ins, found ${counts[1] ?? ''}`;
    return { names: [], faults: [unreadable(why)] };
  } catch (cause) {
    return { names: [], faults: [unreadable(`${directory}: cannot be read: ${toError(cause).message}`)] };
  }
};

const textOf = (file: string, isDropIn: boolean): Found => {
  const read = readRegularFile(file, MIB);
  switch (read.is) {
    case 'text':
      return { texts: [{ file, text: read.text }], faults: [] };
    case 'refused':
      return { texts: [], faults: [unreadable(read.why)] };
    case 'absent':
      return isDropIn
        ? { texts: [], faults: [unreadable(`${file}: leads to nothing`)] }
        : { texts: [{ file, text: '' }], faults: [missing(file)] };
  }
};

/**
 * Reads the configuration file and its drop-ins, `<file>.d/*.toml` in the order of their names.
 * Never throws: what cannot be read is a fault.
 */
export const loadConfig = (file: string): Loaded => {
  const { names, faults } = dropInsOf(file);
  const found = [textOf(file, false), ...names.map(name => textOf(join(`${file}.d`, name), true))];
  const texts = found.flatMap(each => each.texts);
  const unread = [...faults, ...found.flatMap(each => each.faults)];
  const parsed = parseConfig(texts);
  const wrong = unread.some(({ severity }) => severity === 'error');
  return { config: wrong ? undefined : parsed.config, faults: [...unread, ...parsed.faults], texts };
};

const kept = fault('error', 'config-kept', 'the configuration has errors; the one in use is kept');

/** Files that said something in the configuration in use and are empty now. Who writes a file in place truncates it first. */
const emptied = (inUse: Loaded, next: Loaded): readonly Fault[] =>
  next.texts
    .filter(({ file, text }) => text === '' && inUse.texts.some(each => each.file === file && each.text !== ''))
    .map(({ file }) =>
      fault(
        'error',
        'config-emptied',
        `${file}: expected what is configured, found it empty or gone, as while somebody writes it: reload again; if every key shall have its default, leave a comment in it`,
      ),
    );

/**
 * The configurations that reloads bring. What is wrong with one is reported, all of it, and the one in use stays; so it
 * does while a file is being written.
 *
 *     reload$  --r----x----r--   x: the file has errors, or is empty while the one in use is not
 *     result   --c---------c--
 *     reports  -------f-------
 */
export const config$ = (
  first: Loaded,
  load: () => Loaded,
  reload$: Observable<unknown>,
  report: Report,
): Observable<Config> =>
  defer(() => {
    let inUse = first;
    return reload$.pipe(
      map(load),
      mergeMap(next => {
        const gone = emptied(inUse, next);
        const isTaken = next.config !== undefined && gone.length === 0;
        [...(gone.length > 0 ? gone : next.faults), ...(isTaken ? [] : [kept])].forEach(report);
        if (!isTaken) return [];
        inUse = next;
        return [next.config];
      }),
    );
  });
