import {
  asyncScheduler,
  audit,
  connect,
  distinctUntilChanged,
  merge,
  type MonoTypeOperatorFunction,
  type Observable,
  scan,
  type SchedulerLike,
  skip,
  startWith,
  takeLast,
} from 'rxjs';
import type { Acted } from '../../model/checkpoint.js';
import type { Fault } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import { conflateRepeat, type Repeatable } from '../../operators/conflate-repeat.js';
import { act } from '../../world/acted-on.js';

/** A new id alone is not worth a write: it is saved with the next change, or at the end. */
const isWrittenAlike = (a: Acted, b: Acted): boolean =>
  a.links === b.links &&
  a.manager === b.manager &&
  a.leases === b.leases &&
  a.running === b.running &&
  a.runningLeases === b.runningLeases &&
  a.addresses === b.addresses &&
  a.made === b.made;

/**
 * Saves which events were acted on, and which are in progress; passes every outcome on.
 *
 * ```
 * outcomes   -b-o-d--De-|      b: began, o: a line of output, d: done; D and e come before it is quiet
 * result     -b-o-d--De-|
 * written    --x---y---z       x: running, y: acted on, z: the newest
 * ```
 *
 * @param quiet$ one value when it is time to write the newest
 */
export const persist = (
  start: Acted,
  write: Repeatable<Acted, Fault>,
  quiet$: Observable<unknown>,
  scheduler: SchedulerLike = asyncScheduler,
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
        audit(() => quiet$),
        conflateRepeat(write, scheduler),
      ),
    ),
  );
