import {
  BehaviorSubject,
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  takeUntil,
} from 'rxjs';
import { changedKeys } from '../config/changed-keys.js';
import type { ConfigText } from '../config/assignments.js';
import type { Config } from '../model/config.js';
import { fault, type Fault, type Report, toError } from '../model/fault.js';
import { directoryWatch } from '../system/files/watch-directory.js';
import { corrections, directoriesOf } from './corrections.js';
import { type InForce, type Loaded, type Reload, reloadOutcomes } from './load-config.js';

/** The configuration in force, and why the file is not (empty if it is). */
interface Standing {
  readonly inForce: InForce;
  readonly refused: readonly Fault[];
  /** what the last reload that was right has changed, for people */
  readonly changed: readonly string[];
}

/** The configurations of one run. */
export interface Configurations {
  /** the configuration in force: subscribe once */
  readonly config$: Observable<Config>;
  /** the texts in force, now and later */
  readonly texts$: Observable<readonly ConfigText[]>;
  readonly refused: () => readonly Fault[];
  /** what the last reload has changed, for people */
  readonly changed: () => readonly string[];
  readonly refused$: Observable<readonly Fault[]>;
}

/** Why a configuration is not in force; `config-kept` is a consequence, not a reason. */
const errorsOf = ({ faults }: Pick<Loaded, 'faults'>): readonly Fault[] =>
  faults.filter(({ severity, code }) => severity === 'error' && code !== 'config-kept');

/** Rereads an invalid configuration once it is corrected, so that nobody has to reload it. */
const corrected = (file: string, present: Loaded, load: () => Loaded, report: Report): Observable<Loaded> =>
  defer(() => corrections(directoriesOf(file), present, load, directoryWatch)).pipe(
    catchError((error: unknown) => {
      const message = `expected to watch ${file}, found ${toError(error).message}: reload once it is corrected`;
      report(fault('config-unwatched', message, error));
      return EMPTY;
    }),
  );

/**
 * The first configuration, then those of reloads; while the file is invalid, also those of corrections.
 *
 * @param present the file at start
 * @param first what is in force at start: `present`, or the last valid one if that is invalid
 * @param reload$ what reloads have read
 */
export const configurations = (
  file: string,
  { present, first }: { readonly present: Loaded; readonly first: InForce },
  load: () => Loaded,
  reload$: Observable<Loaded>,
  { report, note }: { readonly report: Report; readonly note: (message: string) => void },
): Configurations => {
  const standing$ = new BehaviorSubject<Standing>({
    inForce: first,
    refused: present.config === undefined ? errorsOf(present) : [],
    changed: [],
  });
  const refused$ = standing$.pipe(map(({ refused }) => refused));
  const settle = ({ taken, faults }: Reload): readonly Config[] => {
    const { inForce, refused, changed } = standing$.value;
    faults.forEach(report);
    if (taken !== undefined && refused.length > 0) note(`${file} is valid again and in use`);
    if (taken === undefined) {
      standing$.next({ inForce, refused: errorsOf({ faults }), changed });
      return [];
    }
    const now = changedKeys(inForce.config, taken.config);
    note(
      now.length === 0
        ? 'the configuration says the same as before'
        : `the configuration has changed: ${now.join(', ')}`,
    );
    standing$.next({ inForce: taken, refused: [], changed: now });
    return [taken.config];
  };
  const right$ = refused$.pipe(filter(refused => refused.length === 0));
  const next$ = merge(reload$, corrected(file, present, load, report).pipe(takeUntil(right$)));
  return {
    config$: concat(of(first.config), reloadOutcomes(first, next$).pipe(mergeMap(settle))),
    texts$: standing$.pipe(
      map(({ inForce }) => inForce.texts),
      distinctUntilChanged(),
    ),
    refused: () => standing$.value.refused,
    changed: () => standing$.value.changed,
    refused$,
  };
};
