import {
  catchError,
  combineLatest,
  connect,
  distinctUntilChanged,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  type MonoTypeOperatorFunction,
  type Observable,
  startWith,
  switchMap,
} from 'rxjs';
import { fault, type Fault, type Report, toError } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import type { World } from '../../model/world.js';
import { untilEndOf } from '../../operators/until-end-of.js';

const undelayed = (error: unknown): Fault =>
  fault(
    'sleep-undelayed',
    `the computer does not wait with its sleep for the scripts of suspend.d: ${toError(error).message}`,
  );

/**
 * Delays sleep while there are scripts in suspend.d, until those of a suspend have ended; then again after the resume.
 * Passes outcomes on.
 *
 * ```
 * worlds     -w-------------      w: there is a script in suspend.d
 * outcomes   ---b--d----r---      b, d: the scripts of a suspend begin, are done, r: those of a resume begin
 * inhibit$    ^----!    ^---      is subscribed to
 * ```
 */
export const delaySleep = (
  inhibit$: Observable<never>,
  world$: Observable<World>,
  report: Report,
): MonoTypeOperatorFunction<Outcome> =>
  connect(outcome$ => {
    const wanted$ = world$.pipe(map(({ progress: { scripts } }) => (scripts.get('suspend.d') ?? 0) > 0));
    const isAwake$ = outcome$.pipe(
      filter(outcome => outcome.kind === 'began' || outcome.kind === 'done'),
      map(({ kind, step: { event } }) =>
        event.kind !== 'sleep' ? undefined : event.action === 'resume' ? true : kind === 'done' ? false : undefined,
      ),
      filter(isAwake => isAwake !== undefined),
      startWith(true),
    );
    const untilItFails$ = inhibit$.pipe(
      catchError((error: unknown) => {
        report(undelayed(error));
        return EMPTY;
      }),
    );
    const held$ = combineLatest([wanted$, isAwake$]).pipe(
      map(([wanted, isAwake]) => wanted && isAwake),
      distinctUntilChanged(),
      switchMap(held => (held ? untilItFails$ : EMPTY)),
      ignoreElements(),
      untilEndOf(outcome$),
    );
    return merge(outcome$, held$);
  });
