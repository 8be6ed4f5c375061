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
import type { World } from '../../model/world.js';
import type { ServiceManager } from '../../system/service-manager.js';
import { statusLine } from '../../text/status-line.js';

/** The least time between two status lines to the service manager, in milliseconds. */
const MIN_INTERVAL_MS = 1000;

/** The line depends on every link, so it is not made for nothing. */
const isToldAlike = (a: World, b: World): boolean =>
  a.config === b.config &&
  a.kernel.links === b.kernel.links &&
  a.networkd.states === b.networkd.states &&
  a.progress.sources === b.progress.sources;

/** Sends the service manager a status line when it changes. */
export const serviceStates = (
  { status }: Pick<ServiceManager, 'status'>,
  scheduler: SchedulerLike = asyncScheduler,
): Sink => ({
  name: 'service states',
  consume: ({ world$ }) =>
    world$.pipe(
      filter(({ kernel: { links } }) => links !== undefined),
      distinctUntilChanged(isToldAlike),
      map(statusLine),
      distinctUntilChanged(),
      throttleTime(MIN_INTERVAL_MS, scheduler, { leading: true, trailing: true }),
      tap(status),
      ignoreElements(),
    ),
});
