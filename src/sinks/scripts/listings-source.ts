import {
  asyncScheduler,
  concatMap,
  distinctUntilChanged,
  map,
  merge,
  type Observable,
  type SchedulerLike,
  switchMap,
  throttleTime,
} from 'rxjs';
import type { Source } from '../../model/flow.js';
import type { Input } from '../../model/input.js';
import { scriptsIn } from './judge.js';
import { inLayers } from './layers.js';
import type { Files } from '../../system/files/files.js';
import type { DirectoryWatch } from '../../system/files/watch-directory.js';

const NAME = 'script directories';
const serving: Input = { kind: 'source', name: NAME, state: { is: 'serving', why: '' } };
/** The script directories that save work when empty: see `subscriptions`. */
const deciding = ['routes.d', 'rules.d', 'suspend.d', 'resume.d'];
/** How long to gather changes before listing again, in milliseconds: copying a script makes several. */
const GATHER_MS = 100;

export interface ScriptListings {
  readonly files: Pick<Files, 'list' | 'owners'>;
  readonly watch: DirectoryWatch;
  /** where the directories are: an absolute path */
  readonly scriptDir: string;
  readonly scheduler?: SchedulerLike;
}

/**
 * The number of runnable scripts in each directory that decides what the kernel is asked to report: at start, and
 * whenever it changes.
 */
export const scriptListingsSource = ({
  files,
  watch,
  scriptDir,
  scheduler = asyncScheduler,
}: ScriptListings): Source => {
  const listing = (directory: string): Observable<Input> => {
    const layers = inLayers(scriptDir, [directory]);
    return merge(...layers.map(path => watch.changes(path))).pipe(
      throttleTime(GATHER_MS, scheduler, { leading: true, trailing: true }),
      switchMap(() => files.list(layers)),
      map(listings => scriptsIn(listings, files.owners).paths.length),
      distinctUntilChanged(),
      map((scripts): Input => ({ kind: 'listing', directory, scripts })),
    );
  };
  return {
    name: NAME,
    inputs: () =>
      merge(...deciding.map(listing)).pipe(concatMap((input, nth) => (nth === 0 ? [serving, input] : [input]))),
  };
};
