import { dirname } from 'node:path';
import {
  debounceTime,
  distinctUntilChanged,
  map,
  merge,
  type Observable,
  type SchedulerLike,
  asyncScheduler,
  skip,
  startWith,
} from 'rxjs';
import type { Loaded } from './load-config.js';
import { createTrustedWays } from '../system/files/trusted-ways.js';
import type { DirectoryWatch } from '../system/files/watch-directory.js';

/** Files are not written in one go: the directory must have been quiet for this long, in milliseconds. */
const QUIET_MS = 200;

const summary = ({ texts, faults }: Loaded): string => JSON.stringify([texts, faults.map(({ message }) => message)]);

/**
 * The configuration file and its drop-ins, whenever they differ from the last time they were read.
 *
 * @param directories the directories of the file, its drop-ins and link targets
 */
export const corrections = (
  directories: readonly string[],
  present: Loaded,
  load: () => Loaded,
  watch: DirectoryWatch,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<Loaded> =>
  merge(...directories.map(directory => watch.changes(directory))).pipe(
    debounceTime(QUIET_MS, scheduler),
    map(load),
    startWith(present),
    distinctUntilChanged((a, b) => summary(a) === summary(b)),
    skip(1),
  );

/** The directories of a configuration file, its drop-ins and a link's target. */
export const directoriesOf = (file: string): readonly string[] => {
  const { end } = createTrustedWays().walker()(file);
  return [...new Set([dirname(file), `${file}.d`, ...(end === undefined ? [] : [dirname(end.path)])])];
};
