import { asyncScheduler, type SchedulerLike } from 'rxjs';

/** While `run` lasts, RxJS's own scheduler is this one: what an extension waits for passes in virtual time, as under marbles(). */
export const virtually = <T>(scheduler: SchedulerLike, run: () => T): T => {
  const schedule = Reflect.get(asyncScheduler, 'schedule');
  const { now } = asyncScheduler;
  Object.assign(asyncScheduler, {
    now: () => scheduler.now(),
    schedule: (...args: Parameters<SchedulerLike['schedule']>) => scheduler.schedule(...args),
  });
  try {
    return run();
  } finally {
    Object.assign(asyncScheduler, { schedule, now });
  }
};
