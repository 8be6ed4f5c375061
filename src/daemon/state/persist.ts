import {
  connect,
  distinctUntilChanged,
  merge,
  type MonoTypeOperatorFunction,
  scan,
  skip,
  startWith,
  takeLast,
} from 'rxjs';
import type { Acted } from '../../model/checkpoint.js';
import type { Outcome } from '../../model/outcome.js';
import { act } from '../../world/acted-on.js';
import type { StateFile } from '../../system/files/state-file.js';
import { conflateMap } from '../../operators/conflate-map.js';

/** An id alone is not worth a file: the next event that is, or the end, has it written. */
const isWrittenAlike = (a: Acted, b: Acted): boolean =>
  a.links === b.links &&
  a.manager === b.manager &&
  a.leases === b.leases &&
  a.running === b.running &&
  a.runningLeases === b.runningLeases;

/**
 * Keeps on file which events were acted on, and which one is in progress; passes every outcome on.
 *
 * ```
 * outcomes   -b-o-d---|      b: began, o: a line of output, d: done
 * result     -b-o-d---|
 * written    -x---y---       x: running, y: acted on; while one is being written only the newest waits
 * ```
 */
export const persist = (
  start: Acted,
  write: (acted: Acted) => ReturnType<StateFile['write']>,
): MonoTypeOperatorFunction<Outcome> =>
  connect(outcome$ =>
    merge(
      outcome$,
      outcome$.pipe(
        scan(act, start),
        startWith(start),
        connect(acted$ => merge(acted$.pipe(distinctUntilChanged(isWrittenAlike)), acted$.pipe(takeLast(1)))),
        distinctUntilChanged(),
        skip(1),
        conflateMap(write),
      ),
    ),
  );
