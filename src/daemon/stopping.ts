import {
  asyncScheduler,
  map,
  merge,
  type Observable,
  type SchedulerLike,
  skipUntil,
  switchMap,
  take,
  timer,
} from 'rxjs';
import { after } from '../operators/after.js';

/** milliseconds: a terminal, make and timeout(1) may each forward the same request */
const ECHO_MS = 1_000;
/** milliseconds; less than the 90 s after which systemd kills (systemd-system.conf(5), DefaultTimeoutStopSec=) */
const STOP_TIMEOUT_MS = 80_000;

export type GivenUp = 'signalled again' | 'took too long';

/**
 * When to stop waiting for what is in progress: when signalled again (more than a second later), or after 80 s.
 *
 *     ask$    ---a-a----a--     frames of 400 ms
 *     result  ----------(r|)    r: signalled again
 */
export const giveUp = (ask$: Observable<unknown>, scheduler: SchedulerLike = asyncScheduler): Observable<GivenUp> =>
  ask$.pipe(
    take(1),
    switchMap(() =>
      merge(
        ask$.pipe(
          skipUntil(timer(ECHO_MS, scheduler)),
          map((): GivenUp => 'signalled again'),
        ),
        after(STOP_TIMEOUT_MS, scheduler).pipe(map((): GivenUp => 'took too long')),
      ),
    ),
    take(1),
  );
