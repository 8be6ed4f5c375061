import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import type { Observable } from 'rxjs';
import { defer, map, mergeMap } from 'rxjs';
import type { Config } from '../model/config.js';
import type { Fault, Report } from '../model/fault.js';
import { fault } from '../model/fault.js';
import type { ConfigText } from './assignments.js';
import type { Parsed } from './parse.js';
import { parseConfig } from './parse.js';

export interface Loaded extends Parsed {
  /** what was read: first the file itself, empty if it is missing, then the drop-ins */
  readonly texts: readonly ConfigText[];
}

interface Failure {
  readonly code: unknown;
  readonly message: string;
}

const attempt = <T>(read: () => T): { readonly found: T } | { readonly failed: Failure } => {
  try {
    return { found: read() };
  } catch (cause) {
    const error = isNativeError(cause) ? cause : new Error(String(cause));
    return { failed: { code: 'code' in error ? error.code : undefined, message: error.message } };
  }
};

const unreadable = (file: string, { message }: Failure): Fault =>
  fault('error', 'config-unreadable', `${file}: cannot be read: ${message}`);

/** Only the file itself: a directory of drop-ins that is not there is nothing to speak of. */
const missing = (file: string): Fault =>
  fault('warn', 'config-missing', `${file}: there is no such file; every key has its default`);

/**
 * Reads the configuration file and its drop-ins, `<file>.d/*.toml` in the order of their names.
 * Never throws: what cannot be read is a fault.
 */
export const loadConfig = (file: string): Loaded => {
  const faults: Fault[] = [];
  const dropIns = attempt(() => readdirSync(`${file}.d`));
  if ('failed' in dropIns && dropIns.failed.code !== 'ENOENT') faults.push(unreadable(`${file}.d`, dropIns.failed));
  const names = 'found' in dropIns ? dropIns.found.filter(name => /^[^.].*\.toml$/.test(name)).sort() : [];
  const texts = [file, ...names.map(name => join(`${file}.d`, name))].flatMap((each): ConfigText[] => {
    const text = attempt(() => readFileSync(each, 'utf8'));
    if ('found' in text) return [{ file: each, text: text.found }];
    const isMissing = each === file && text.failed.code === 'ENOENT';
    faults.push(isMissing ? missing(file) : unreadable(each, text.failed));
    return isMissing ? [{ file, text: '' }] : [];
  });
  const parsed = parseConfig(texts);
  const wrong = faults.some(each => each.severity === 'error');
  return { config: wrong ? undefined : parsed.config, faults: [...faults, ...parsed.faults], texts };
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
