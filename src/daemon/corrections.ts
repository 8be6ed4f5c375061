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

/** Nobody writes a file in one go: so long nothing may have happened in its directory, in milliseconds. */
const QUIET_MS = 200;

const summary = ({ texts, faults }: Loaded): string => JSON.stringify([texts, faults.map(({ message }) => message)]);

/**
 * What the configuration file and its drop-ins say, whenever they say something else than `present`, the last time they were
 * read: who corrects a mistake need not know how to have it read.
 *
 * @param directories where the file, its drop-ins and what links lead to lie
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

/** Where a configuration file, its drop-ins and what a link leads to lie. */
export const directoriesOf = (file: string): readonly string[] => {
  const { end } = createTrustedWays().walker()(file);
  return [...new Set([dirname(file), `${file}.d`, ...(end === undefined ? [] : [dirname(end.path)])])];
};
