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
import type { ConfigText } from '../config/assignments.js';
import type { Config } from '../model/config.js';
import { fault, type Fault, type Report, toError } from '../model/fault.js';
import { directoryWatch } from '../system/files/watch-directory.js';
import { corrections, directoriesOf } from './corrections.js';
import { type InForce, type Loaded, type Reload, reloadOutcomes } from './load-config.js';

/** What is in force, and why what is written is not; nothing: it is. */
interface Standing {
  readonly inForce: InForce;
  readonly refused: readonly Fault[];
}

/** The configurations of one run. */
export interface Configurations {
  /** what is in force: subscribe once */
  readonly config$: Observable<Config>;
  /** the texts that are in force now, and those after them */
  readonly texts$: Observable<readonly ConfigText[]>;
  readonly refused: () => readonly Fault[];
  readonly refused$: Observable<readonly Fault[]>;
}

/** Why a configuration is not in force; that the one in use is kept is no reason. */
const errorsOf = ({ faults }: Pick<Loaded, 'faults'>): readonly Fault[] =>
  faults.filter(({ severity, code }) => severity === 'error' && code !== 'config-kept');

/** Who has not seen that the configuration was wrong when the daemon started need not know how to have it read. */
const corrected = (file: string, present: Loaded, load: () => Loaded, report: Report): Observable<Loaded> =>
  defer(() => corrections(directoriesOf(file), present, load, directoryWatch)).pipe(
    catchError((error: unknown) => {
      const message = `expected to watch ${file}, found ${toError(error).message}: reload once it is corrected`;
      report(fault('config-unwatched', message, error));
      return EMPTY;
    }),
  );

/**
 * The first configuration, then those that reloads bring; until what is written is right, also those that its files come to say.
 *
 * @param present what is written at the start
 * @param first what is in force at the start: `present`, or if that is wrong the last one that was right
 * @param reload$ what somebody had read
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
  });
  const refused$ = standing$.pipe(map(({ refused }) => refused));
  const settle = ({ taken, faults }: Reload): readonly Config[] => {
    const { inForce, refused } = standing$.value;
    faults.forEach(report);
    if (taken !== undefined && refused.length > 0) note(`${file} is valid again and in use`);
    standing$.next(taken === undefined ? { inForce, refused: errorsOf({ faults }) } : { inForce: taken, refused: [] });
    return taken === undefined ? [] : [taken.config];
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
    refused$,
  };
};
