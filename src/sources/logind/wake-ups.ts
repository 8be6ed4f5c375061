import { asyncScheduler, concat, EMPTY, filter, map, type Observable, type SchedulerLike, switchMap } from 'rxjs';
import { backoff } from '../../operators/backoff.js';
import { nameOwner } from '../../operators/name-owner.js';
import type { Bus, BusConnection, Signal } from '../../system/bus/bus.js';

const LOGIND = 'org.freedesktop.login1';
const MANAGER = `${LOGIND}.Manager`;
const MEMBER = 'PrepareForSleep';
const MAX_DELAY_MS = 3_600_000;

/** Its argument is true before the computer sleeps, and false when it has slept. */
const isWakeUp = ({ interface: iface, member, body: [isBegin] }: Signal): boolean =>
  iface === MANAGER && member === MEMBER && isBegin === false;

const saidOn = (connection: BusConnection): Observable<void> =>
  concat(
    connection.match(`type='signal',sender='${LOGIND}',interface='${MANAGER}',member='${MEMBER}'`),
    nameOwner(connection, LOGIND).pipe(
      switchMap(owner =>
        owner === undefined ? EMPTY : connection.signal$.pipe(filter(({ sender }) => sender === owner)),
      ),
      filter(isWakeUp),
      map(() => undefined),
    ),
  );

/**
 * Emits whenever the computer has slept: systemd-logind's PrepareForSleep (org.freedesktop.login1(5)), from the name's
 * owner, nobody else. logind is never started for it. Without it, or without a bus, nothing is emitted, and a bus is tried
 * again later and later, up to an hour. Never errs or ends.
 */
export const wakeUps = ({ connection$ }: Bus, scheduler: SchedulerLike = asyncScheduler): Observable<void> =>
  connection$.pipe(switchMap(saidOn), backoff(MAX_DELAY_MS, scheduler));
