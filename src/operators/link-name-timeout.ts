import {
  asyncScheduler,
  connect,
  distinctUntilChanged,
  map,
  mergeMap,
  type OperatorFunction,
  pairwise,
  type SchedulerLike,
  startWith,
} from 'rxjs';
import type { LinkOverdueInput } from '../model/input.js';
import type { World } from '../model/world.js';
import { after } from './after.js';
import { untilEndOf } from './until-end-of.js';

/** How long networkd's words wait for the kernel to name their link, in milliseconds. */
const NAME_TIMEOUT_MS = 1000;

/**
 * Says of every wait for a link's name that it has lasted long enough. Ends with the worlds.
 *
 * ```
 * worlds   -a---b------------|      a: waits for link 7, b: the kernel named it
 * result   -- 1000 frames -x-|      x: {kind: 'link-overdue', ifindex: 7}; the World takes it for what it is by then
 * ```
 */
export const linkNameTimeout = (scheduler: SchedulerLike = asyncScheduler): OperatorFunction<World, LinkOverdueInput> =>
  connect(world$ =>
    world$.pipe(
      map(({ networkd: { overdue } }) => overdue),
      distinctUntilChanged(),
      startWith<World['networkd']['overdue']>(new Map()),
      pairwise(),
      mergeMap(([before, now]) => [...now].filter(([ifindex, { since }]) => before.get(ifindex)?.since !== since)),
      mergeMap(([ifindex, { since }]) =>
        after(NAME_TIMEOUT_MS, scheduler).pipe(map((): LinkOverdueInput => ({ kind: 'link-overdue', ifindex, since }))),
      ),
      untilEndOf(world$),
    ),
  );
