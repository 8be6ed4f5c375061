import {
  asyncScheduler,
  concat,
  connect,
  distinctUntilChanged,
  EMPTY,
  filter,
  map,
  merge,
  type Observable,
  of,
  type OperatorFunction,
  type SchedulerLike,
  switchMap,
} from 'rxjs';
import type { SleepInput } from '../../model/input.js';
import type { World } from '../../model/world.js';
import { backoff } from '../../operators/backoff.js';
import { nameOwner } from '../../operators/name-owner.js';
import { untilEndOf } from '../../operators/until-end-of.js';
import type { Bus, BusConnection } from '../../system/bus/bus.js';

const LOGIND = 'org.freedesktop.login1';
const MANAGER = `${LOGIND}.Manager`;
const MEMBER = 'PrepareForSleep';
const MAX_DELAY_MS = 3_600_000;

const saidBy = ({ signal$ }: BusConnection, owner: string): Observable<SleepInput['action']> =>
  signal$.pipe(
    filter(({ sender, interface: iface, member }) => sender === owner && iface === MANAGER && member === MEMBER),
    map(({ body: [isBegin] }) => (isBegin === true ? 'suspend' : isBegin === false ? 'resume' : undefined)),
    filter(action => action !== undefined),
  );

/** What may have passed before is not heard of. */
type Heard = SleepInput['action'] | 'listening';

/** Its argument is true before the computer sleeps, and false when it has slept. */
const saidOn = (connection: BusConnection): Observable<Heard> =>
  concat(
    connection.match(`type='signal',sender='${LOGIND}',interface='${MANAGER}',member='${MEMBER}'`),
    nameOwner(connection, LOGIND).pipe(
      switchMap(owner => (owner === undefined ? EMPTY : merge(saidBy(connection, owner), of('listening' as const)))),
    ),
  );

const heard = ({ connection$ }: Bus, scheduler: SchedulerLike): Observable<Heard> =>
  connection$.pipe(switchMap(saidOn), backoff(MAX_DELAY_MS, scheduler));

/**
 * Emits whenever the computer is about to sleep or has slept: systemd-logind's PrepareForSleep (org.freedesktop.login1(5)), from
 * the name's owner, nobody else. logind is never started for it. Without it, or without a bus, nothing is emitted, and a bus is
 * tried again later and later, up to an hour. Never errs or ends.
 */
export const sleeps = (bus: Bus, scheduler: SchedulerLike = asyncScheduler): Observable<SleepInput['action']> =>
  heard(bus, scheduler).pipe(filter(word => word !== 'listening'));

/** Emits when it has slept, and when logind is listened to, as it may have slept before. */
export const wakeUps = (bus: Bus, scheduler: SchedulerLike = asyncScheduler): Observable<void> =>
  heard(bus, scheduler).pipe(
    filter(word => word !== 'suspend'),
    map(() => undefined),
  );

const wantsSleep = ({ progress: { scripts } }: World): boolean =>
  (scripts.get('suspend.d') ?? 0) + (scripts.get('resume.d') ?? 0) > 0;

/**
 * Tells the World that the computer is about to sleep, and that it has slept, while there are scripts for that. Ends with the worlds.
 *
 * ```
 * worlds   -n---w-------|      n: no script in suspend.d and resume.d, w: there is one
 * sleeps   ---s---s---r-
 * result   -------s---r-|
 * ```
 */
export const sleepInputs = (sleep$: Observable<SleepInput['action']>): OperatorFunction<World, SleepInput> =>
  connect(world$ =>
    world$.pipe(
      map(wantsSleep),
      distinctUntilChanged(),
      switchMap(wanted => (wanted ? sleep$ : EMPTY)),
      map((action): SleepInput => ({ kind: 'sleep', action })),
      untilEndOf(world$),
    ),
  );
