import {
  asyncScheduler,
  concatMap,
  distinctUntilChanged,
  map,
  merge,
  type Observable,
  type SchedulerLike,
  startWith,
  switchMap,
  throttleTime,
} from 'rxjs';
import type { Tree } from '../../model/config.js';
import type { Source } from '../../model/flow.js';
import type { Input } from '../../model/input.js';
import { scriptsIn } from './judge.js';
import { directoriesIn, listedIn, ownersFor, treesOf } from './trees.js';
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
 * The number of runnable scripts in each directory that decides what the kernel is asked to report, in all trees of our
 * own style: at start, and whenever it changes.
 */
export const scriptListingsSource = ({
  files,
  watch,
  scriptDir,
  scheduler = asyncScheduler,
}: ScriptListings): Source => {
  const listing = (trees: readonly Tree[], name: string): Observable<Input> => {
    const directories = trees.map(tree => directoriesIn(tree, { directory: name, args: [] }));
    const paths = directories.flatMap(({ layers }) => layers);
    return merge(...paths.map(path => watch.changes(path))).pipe(
      throttleTime(GATHER_MS, scheduler, { leading: true, trailing: true }),
      switchMap(() => files.list(paths)),
      map(all =>
        listedIn(directories, all).flatMap(
          ({ tree, listings }) => scriptsIn(listings, ownersFor(tree, files.owners)).scripts,
        ),
      ),
      map(({ length }) => length),
      distinctUntilChanged(),
      map((scripts): Input => ({ kind: 'listing', directory: name, scripts })),
    );
  };
  return {
    name: NAME,
    inputs: config$ =>
      config$.pipe(
        startWith(undefined),
        map(config => treesOf(config, scriptDir).filter(({ style }) => style === 'network-broker')),
        distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
        switchMap(trees => merge(...deciding.map(name => listing(trees, name)))),
        concatMap((input, nth) => (nth === 0 ? [serving, input] : [input])),
      ),
  };
};
