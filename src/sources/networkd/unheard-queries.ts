import {
  asyncScheduler,
  buffer,
  concat,
  connect,
  debounceTime,
  defer,
  distinctUntilChanged,
  exhaustMap,
  filter,
  from,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  pairwise,
  type SchedulerLike,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { NetworkdUnheardInput, Unheard } from '../../model/input.js';
import type { States } from '../../model/states.js';
import type { World } from '../../model/world.js';
import { toldByKernel, unheard } from '../../world/networkd/unheard.js';
import { flatten } from '../../operators/flatten.js';
import { debounceByValue } from '../../operators/debounce-by-value.js';
import { untilEndOf } from '../../operators/until-end-of.js';

/** networkd writes its files up to some milliseconds after its signals, and a daemon that is busy reads these later still. */
const QUIET_MS = 1000;
/** A link may never rest. */
const MOST_MS = 10_000;
/** Who are found out at the same time are told of together. */
const GATHER_MS = 10;

/** What networkd has written down of a link, or of itself; undefined: nothing. One value. */
export type ReadWritten = (about: Unheard['about']) => Observable<States | undefined>;

const keyOf = (one: Unheard): string => JSON.stringify([one.about, one.written, one.heard]);

/**
 * Finds out that signals of networkd were lost: what it has written down is compared with what it was heard to say, 1 s after
 * the kernel's last word about a link, and again 1 s later if it differs. Only a difference that stays is told; one that
 * persists after networkd was queried again was no loss, and is passed over from then on. Ends with the worlds.
 *
 * ```
 * worlds   -a--------------------------------|      a: the kernel says that eth0 has no carrier
 * read     -- 1000 -r-- 1000 -r--------------       r: networkd has written that, and was not heard to say it
 * result   ---------------------- 10 -u------|      u: {kind: 'networkd-unheard', unheard}
 * ```
 */
export const networkdUnheard = (
  read: ReadWritten,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<World, NetworkdUnheardInput> =>
  connect(world$ => {
    let latest: World | undefined;
    const passedOver = new Set<string>();

    const look = (about: Unheard['about']): Observable<Unheard> =>
      defer(() => read(about)).pipe(
        mergeMap(written => (latest === undefined ? [] : unheard(latest, about, written ?? {}))),
      );
    const stays = (one: Unheard): Observable<Unheard> =>
      timer(QUIET_MS, scheduler).pipe(
        mergeMap(() => look(one.about)),
        filter(again => keyOf(again) === keyOf(one)),
      );
    const examine = (about: Unheard['about']): Observable<Unheard> =>
      look(about).pipe(
        filter(one => !passedOver.has(keyOf(one))),
        mergeMap(stays),
      );
    const passOver = (all: readonly Unheard[]): Observable<never> =>
      from(all).pipe(
        mergeMap(stays),
        tap(one => passedOver.add(keyOf(one))),
        ignoreElements(),
      );

    const told$ = world$.pipe(
      tap(world => (latest = world)),
      distinctUntilChanged(
        (before, now) => before.kernel.links === now.kernel.links && before.kernel.addresses === now.kernel.addresses,
      ),
      pairwise(),
      map(([before, now]) => toldByKernel(before, now)),
      flatten(),
    );
    const found = (link$: Observable<number>): Observable<Unheard> =>
      link$.pipe(
        debounceByValue(QUIET_MS, MOST_MS, scheduler),
        connect(quiet$ =>
          merge(
            quiet$.pipe(mergeMap(link => examine(link).pipe(takeUntil(link$.pipe(filter(other => other === link)))))),
            quiet$.pipe(
              map(() => scheduler.now()), // of those that are quiet at the same time one is enough
              distinctUntilChanged(),
              exhaustMap(() => examine('manager')),
            ),
          ),
        ),
      );
    return told$.pipe(
      connect(found),
      connect(found$ => found$.pipe(buffer(found$.pipe(debounceTime(GATHER_MS, scheduler))))),
      filter(all => all.length > 0),
      mergeMap(all => concat(of<NetworkdUnheardInput>({ kind: 'networkd-unheard', unheard: all }), passOver(all))),
      untilEndOf(world$),
    );
  });
