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

/** Milliseconds between two status lines to the service manager, at least. */
const MIN_INTERVAL_MS = 1000;

/** The line is made of every link. */
const isToldAlike = (a: World, b: World): boolean =>
  a.config === b.config &&
  a.kernel.links === b.kernel.links &&
  a.networkd.states === b.networkd.states &&
  a.progress.sources === b.progress.sources;

/** Tells the service manager how the daemon is doing, when that changes. */
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
