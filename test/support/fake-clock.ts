import { asyncScheduler, defer, map, of, type SchedulerLike, timer } from 'rxjs';
import type { Clock } from '../../src/system/clock.js';

/** A wall clock that begins with 0 at the first frame; in a marble test it goes by virtual time. */
export const fakeClock = (scheduler: SchedulerLike = asyncScheduler): Clock => ({
  now: () => scheduler.now(),
  at: instant =>
    defer(() =>
      instant <= scheduler.now()
        ? of(scheduler.now())
        : timer(instant - scheduler.now(), scheduler).pipe(map(() => scheduler.now())),
    ),
});
