import {
  connect,
  distinctUntilChanged,
  EMPTY,
  endWith,
  ignoreElements,
  map,
  type OperatorFunction,
  switchMap,
  takeUntil,
} from 'rxjs';
import type { ClockInput } from '../model/input.js';
import type { World } from '../model/world.js';
import type { Clock } from '../system/clock.js';
import { leaseDeadline } from '../world/leases.js';

/**
 * Tells the World the time when its leases have to be looked at again. Ends with the worlds.
 *
 * ```
 * worlds   -a-----b-------|      a: a lease ends 9 frames later, b: it was renewed and ends 5 frames later
 * result   ------------t--|      t: {kind: 'clock', now}
 * ```
 * While no lease is bound there is no timer.
 */
export const leaseClock = (clock: Clock): OperatorFunction<World, ClockInput> =>
  connect(world$ =>
    world$.pipe(
      map(leaseDeadline),
      distinctUntilChanged(),
      switchMap(deadline => (deadline === undefined ? EMPTY : clock.at(deadline))),
      map((now): ClockInput => ({ kind: 'clock', now })),
      takeUntil(world$.pipe(ignoreElements(), endWith(undefined))),
    ),
  );
