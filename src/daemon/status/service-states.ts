import {
  asyncScheduler,
  distinctUntilChanged,
  filter,
  ignoreElements,
  map,
  type SchedulerLike,
  tap,
  throttleTime,
} from 'rxjs';
import type { Sink } from '../../model/flow.js';
import type { ServiceManager } from '../../system/service-manager.js';
import { statusLine } from '../../text/status-line.js';

/** Milliseconds in which the service manager is told one line at most. */
const MIN_INTERVAL_MS = 1000;

/** Tells the service manager how the daemon is doing, when that changes. */
export const serviceStates = (
  { status }: Pick<ServiceManager, 'status'>,
  scheduler: SchedulerLike = asyncScheduler,
): Sink => ({
  name: 'service states',
  consume: ({ world$ }) =>
    world$.pipe(
      filter(({ kernel: { links } }) => links !== undefined),
      map(statusLine),
      distinctUntilChanged(),
      throttleTime(MIN_INTERVAL_MS, scheduler, { leading: true, trailing: true }),
      tap(status),
      ignoreElements(),
    ),
});
