import {
  combineLatest,
  connect,
  distinctUntilChanged,
  EMPTY,
  filter,
  map,
  NEVER,
  type Observable,
  type OperatorFunction,
  startWith,
  switchMap,
  take,
} from 'rxjs';
import type { ClockInput } from '../../model/input.js';
import type { World } from '../../model/world.js';
import { untilEndOf } from '../../operators/until-end-of.js';
import type { Clock } from '../../system/clock.js';
import { leaseDeadline } from '../../world/leases/of-dhclient.js';

/** It looks at every lease, link and address, and most of what comes changes none of them. */
const isDueAlike = (a: World, b: World): boolean =>
  a.leases === b.leases &&
  a.config === b.config &&
  a.kernel.links === b.kernel.links &&
  a.kernel.addresses === b.kernel.addresses;

/**
 * Tells the World the time when its leases have to be looked at again. Ends with the worlds.
 *
 * ```
 * worlds   -a-----b-------|      a: a lease ends 9 frames later, b: it was renewed and ends 5 frames later
 * result   ------------t--|      t: {kind: 'clock', now}
 * ```
 * While no lease is bound there is no timer.
 *
 * @param wake$ emits when the clock may have gone on without the timers, after a suspend; listened to from the first lease on
 */
export const leaseClock = (clock: Clock, wake$: Observable<unknown> = NEVER): OperatorFunction<World, ClockInput> =>
  connect(world$ => {
    const deadline$ = world$.pipe(distinctUntilChanged(isDueAlike), map(leaseDeadline), distinctUntilChanged());
    const woken$ = deadline$.pipe(
      filter(deadline => deadline !== undefined),
      take(1),
      switchMap(() => wake$),
    );
    return combineLatest([deadline$, woken$.pipe(startWith(undefined))]).pipe(
      switchMap(([deadline]) => (deadline === undefined ? EMPTY : clock.at(deadline))),
      map((now): ClockInput => ({ kind: 'clock', now })),
      untilEndOf(world$),
    );
  });
