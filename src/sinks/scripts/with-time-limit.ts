import {
  type OperatorFunction,
  asyncScheduler,
  concat,
  connect,
  defer,
  endWith,
  filter,
  ignoreElements,
  map,
  merge,
  type SchedulerLike,
  switchMap,
  takeUntil,
  tap,
} from 'rxjs';
import { after } from '../../operators/after.js';
import type { ProcessEvent, ProcessExited, Processes, ProcessStarted } from '../../system/processes/processes.js';

/** The events of a process with a time limit: its exit says whether the limit was exceeded. */
export type TimedProcessEvent = Exclude<ProcessEvent, ProcessExited> | (ProcessExited & { readonly timedOut: boolean });

/** Milliseconds between SIGTERM and SIGKILL. */
const KILL_DELAY_MS = 5000;

/**
 * Ends a process that runs for too long: SIGTERM to its group after `limit` milliseconds, SIGKILL 5 seconds later, or
 * as soon as the process itself is gone. A process that had ended when the limit passed is left alone, however late its
 * end is reported. The result continues until the process has exited.
 *
 * ```
 * process   s------------x|     limit 4, exits of SIGTERM
 * signals   ----T--------K
 * result    s------------x|     x says: timed out
 * ```
 */
export const withTimeLimit =
  (
    limit: number,
    signal: Processes['signal'],
    scheduler: SchedulerLike = asyncScheduler,
  ): OperatorFunction<ProcessEvent, TimedProcessEvent> =>
  process$ =>
    defer(() => {
      let overdue: number | undefined;
      return process$.pipe(
        connect(p$ =>
          merge(
            p$.pipe(
              filter((event): event is ProcessStarted => event.kind === 'started'),
              switchMap(({ pid }) =>
                concat(
                  after(limit, scheduler).pipe(
                    tap(() => {
                      overdue = pid;
                      signal(pid, 'SIGTERM');
                    }),
                  ),
                  after(KILL_DELAY_MS, scheduler).pipe(tap(() => signal(pid, 'SIGKILL'))),
                ),
              ),
              ignoreElements(),
              takeUntil(
                p$.pipe(
                  filter(({ kind }) => kind === 'ended'),
                  endWith('ended'),
                ),
              ),
            ),
            p$.pipe(
              map((event): TimedProcessEvent => {
                if (event.kind !== 'exited') return event;
                // Processes of its group that ignore SIGTERM would outlive it.
                if (overdue !== undefined) signal(overdue, 'SIGKILL');
                return { ...event, timedOut: overdue !== undefined || event.timedOut === true };
              }),
            ),
          ),
        ),
      );
    });
