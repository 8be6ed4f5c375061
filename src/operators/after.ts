import { asyncScheduler, type Observable, type SchedulerLike, switchMap, timer } from 'rxjs';

/**
 * One value when `ms` milliseconds have passed and what had happened by then has been told: in an event loop that stood still
 * (SIGSTOP, a suspend, a busy machine), timers come before sockets and children that ended.
 */
export const after = (ms: number, scheduler: SchedulerLike = asyncScheduler): Observable<0> =>
  timer(ms, scheduler).pipe(switchMap(() => timer(0, scheduler)));
