import {
  asapScheduler,
  asyncScheduler,
  catchError,
  concat,
  connect,
  defer,
  filter,
  map,
  mergeMap,
  type Observable,
  of,
  ReplaySubject,
  type SchedulerLike,
  switchMap,
  take,
  throwError,
  timeout,
} from 'rxjs';
import { toError } from '../../model/fault.js';
import type { Outcome, UnitJobEnded } from '../../model/outcome.js';
import type { Step } from '../../model/world.js';
import { nameOwner } from '../../operators/name-owner.js';
import { inTurn } from '../../operators/in-turn.js';
import { createSlots } from '../../operators/with-slot.js';
import type { Bus, BusConnection } from '../../system/bus/bus.js';
import { isDenied } from '../reconcile/bus-errors.js';
import { jobCall, jobRemovedRule, removedJob, SYSTEMD } from './ask-systemd.js';
import { type Start, startsFor } from './starts-for.js';

/** So many calls wait for systemd at once. */
const MAX_CALLS = 16;

/** So many ends of jobs of one unit are remembered until it is known which job is ours. */
const MAX_HEARD = 16;

type Ended = Pick<UnitJobEnded, 'result' | 'error'>;

const refusedBy = (error: unknown): Ended => {
  const advice = isDenied(error) ? ': install the polkit rule that `network-broker polkit` prints' : '';
  return { result: 'refused', error: `${toError(error).message}${advice}` };
};

/**
 * Starts the units of an event (`[[Start]]`), one after the other; each is told of when its job has ended. Undefined: the event starts
 * none. Who waits for a job waits no longer than for a script.
 */
export const createStarts = (
  bus: Bus,
  scheduler: SchedulerLike = asyncScheduler,
  asap: SchedulerLike = asapScheduler,
): ((step: Step) => Observable<Outcome> | undefined) => {
  const withSlot = createSlots(asap, scheduler);

  /** The result of the job, which may be told before the reply to the call. */
  const jobOf = (connection: BusConnection, owner: string, start: Start): Observable<string> => {
    const removed$ = connection.signal$.pipe(
      filter(({ sender }) => sender === owner),
      map(removedJob),
      filter(job => job !== undefined),
    );
    const result = (heard$: typeof removed$): Observable<string> =>
      connection.call(jobCall(start)).pipe(
        withSlot(MAX_CALLS),
        mergeMap(([path]) => heard$.pipe(filter(job => job.path === path))),
        map(job => job.result),
      );
    return concat(
      connection.match(jobRemovedRule(start.unit)),
      removed$.pipe(connect(result, { connector: () => new ReplaySubject(MAX_HEARD) })),
    ).pipe(take(1));
  };

  const ended = (start: Start): Observable<Ended> =>
    bus.connection$.pipe(
      switchMap(connection =>
        nameOwner(connection, SYSTEMD).pipe(
          take(1),
          mergeMap(owner =>
            owner === undefined
              ? throwError(() => new Error('no systemd on the bus'))
              : jobOf(connection, owner, start),
          ),
        ),
      ),
      take(1),
      map(result => ({ result })),
      catchError((error: unknown) => of(refusedBy(error))),
    );

  const run = (step: Step, start: Start): Observable<UnitJobEnded> =>
    defer(() => {
      const began = scheduler.now();
      const limit = (step.world.config?.scripts.timeoutSec ?? 90) * 1000;
      return ended(start).pipe(
        timeout({ first: limit, scheduler, with: () => of({ result: 'running' }) }),
        map((end): UnitJobEnded => ({ kind: 'unit-job', step, ...start, ...end, duration: scheduler.now() - began })),
      );
    });

  return step => {
    const starts = startsFor(step);
    return starts.length === 0 ? undefined : inTurn(starts, start => run(step, start));
  };
};
