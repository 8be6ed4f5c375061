import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { catchError, concatMap, from, map, mergeMap, type Observable, of, timeout, toArray } from 'rxjs';
import { defineExtension, type Extension } from '../extensions/extension.js';
import { kit } from '../extensions/kit.js';
import type { Owner } from '../model/contexts.js';
import { fault, type Fault, toError } from '../model/fault.js';

import { distrustModule } from '../extensions/extension-trust.js';
import { contexts } from '../system/async-contexts.js';
import { createFiles, type Files } from '../system/files/files.js';
import { importModule } from '../system/import-module.js';
import { judgeModules } from './judge-modules.js';
import { field, isObject } from '../model/values/unknown.js';

/** The result for one path of `Load=`: the extension, or why there is none. */
export type Loaded = { readonly path: string } & ({ readonly extension: Extension } | { readonly fault: Fault });

/** How long a module may take to load, in milliseconds. */
const LOAD_TIMEOUT_MS = 10_000;

type Import = (path: string) => Observable<unknown>;

/** In the daemon, what the module loads is judged, too. */
const importJudged: Import = path => {
  judgeModules();
  return from(importModule(pathToFileURL(path).href));
};

/** What a module's default export makes of the kit; a CommonJS module's exports are its default export. */
const extensionOf = (module: unknown): Extension => {
  const make = field(module, 'default');
  if (typeof make !== 'function')
    throw new TypeError(
      'expected its default export to be a function ({ rxjs, operators, events, defineExtension }) => …',
    );
  const made: unknown = Reflect.apply(make, undefined, [kit]);
  if (made instanceof Promise) throw new TypeError('expected its default export to return at once, found a promise');
  const isExtension = (value: unknown): value is Extension => isObject(value);
  if (!isExtension(made)) throw new TypeError('expected its default export to return defineExtension({ … })');
  return defineExtension(made);
};

const load = (path: string, files: Files, importing: Import): Observable<Loaded> => {
  const owner: Owner = { name: path };
  const made = (module: unknown): Extension => {
    const extension = extensionOf(module);
    owner.name = extension.name; // so what it began before is also known by its name
    return extension;
  };
  return files.list([dirname(path)]).pipe(
    mergeMap(([listing]) => {
      const unsafe = listing && distrustModule(listing, basename(path), files.owners);
      if (unsafe !== undefined) throw new Error(unsafe);
      return contexts.run(owner, () => importing(path));
    }),
    timeout({ first: LOAD_TIMEOUT_MS }),
    map((module): Loaded => ({ path, extension: contexts.run(owner, () => made(module)) })),
    catchError((error: unknown) => {
      const message = `extension ${path} is not loaded: ${toError(error).message}`;
      return of<Loaded>({ path, fault: fault('extension-unloaded', message, error) });
    }),
  );
};

/** Two extensions of one name could not be told apart in the log. */
const namedOnce = (all: readonly Loaded[]): readonly Loaded[] =>
  all.map((one, nth) => {
    if (!('extension' in one)) return one;
    const { name } = one.extension;
    const first = all.slice(0, nth).find(each => 'extension' in each && each.extension.name === name);
    if (first === undefined) return one;
    const message = `extension ${one.path} is not loaded: ${first.path} has the name ${name}, too`;
    return { path: one.path, fault: fault('extension-unloaded', message) };
  });

/**
 * Loads extension modules one after the other, in this order; emits once. One that cannot be loaded is merely a fault.
 */
export const loadExtensions = (
  paths: readonly string[],
  files: Files = createFiles(),
  importing: Import = importJudged,
): Observable<readonly Loaded[]> =>
  from(paths).pipe(
    concatMap(path => load(path, files, importing)),
    toArray(),
    map(namedOnce),
  );
