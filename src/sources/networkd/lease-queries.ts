import {
  asyncScheduler,
  connect,
  filter,
  map,
  type Observable,
  type OperatorFunction,
  pairwise,
  type SchedulerLike,
  startWith,
  tap,
} from 'rxjs';
import type { Input } from '../../model/input.js';
import type { World } from '../../model/world.js';
import type { Ends } from '../../world/networkd/netif-lease.js';
import { addressesOf, findLink } from '../../world/links.js';
import { isHeard } from '../../world/networkd/unheard.js';
import { flatten } from '../../operators/flatten.js';
import { concatMapRetrying } from '../../operators/concat-map-retrying.js';
import { debounceByValue } from '../../operators/debounce-by-value.js';
import { untilEndOf } from '../../operators/until-end-of.js';

/** networkd sets an address first and writes its lease a little later, in milliseconds. */
const QUIET_MS = 50;
/** Each router advertisement is a word on an address, and neighbors may send them without end. */
const MOST_MS = 1000;

/** networkd has done with the link, and written what there is to write, when it says so. */
const isDone = (before: World | undefined, now: World | undefined, ifindex: number): boolean => {
  const state = (world: World | undefined) => world?.networkd.states.get(ifindex)?.AdministrativeState;
  return state(now) === 'configured' && state(before) === 'configuring';
};

export interface LeaseQuestion {
  readonly ifindex: number;
  readonly name: string;
  /** when its IPv4 addresses end */
  readonly ends: Ends;
  /** it has an address as DHCPv6 gives them, without a prefix of its own; or networkd configures it, and it speaks IPv6: a delegated prefix needs no address */
  readonly mayBeDhcp6: boolean;
}

/** Asks systemd-networkd for the leases of one link; one value: they, or the fault that they cannot be had. */
export type AskLeases = (question: LeaseQuestion) => Observable<Input>;

const questionOf = (world: World | undefined, ifindex: number): LeaseQuestion => {
  const addresses = world === undefined ? [] : addressesOf(world, ifindex);
  const isConfigured = world?.networkd.states.get(ifindex)?.AdministrativeState?.startsWith('config') === true;
  return {
    ifindex,
    name: (world && findLink(world, ifindex)?.name) ?? '',
    ends: new Map(addresses.flatMap(({ address, until }) => (until === undefined ? [] : [[address, until]]))),
    mayBeDhcp6: addresses.some(
      ({ family, prefixLength }) => family === 'ipv6' && (prefixLength === 128 || isConfigured),
    ),
  };
};

/** Links whose addresses the kernel spoke of, each renewal being such a word, or whose states networkd changed. */
const touched = (before: World | undefined, now: World): readonly number[] => {
  const was = before !== undefined && isHeard(before) ? before : undefined;
  if (was?.kernel.addresses === now.kernel.addresses && was.networkd.states === now.networkd.states) return [];
  // A lease that the last run knew may have gone with its address.
  const known = was === undefined ? [...now.leases.bound.values()].map(({ ifindex }) => ifindex) : [];
  const all = new Set([...now.kernel.addresses.keys(), ...(was?.kernel.addresses.keys() ?? []), ...known]);
  return [...all].filter(
    ifindex =>
      was === undefined ||
      was.kernel.addresses.get(ifindex) !== now.kernel.addresses.get(ifindex) ||
      was.networkd.states.get(ifindex) !== now.networkd.states.get(ifindex),
  );
};

/**
 * The leases of systemd-networkd's links, asked for whenever the addresses of a link change, or their lifetimes, as they
 * do at a renewal; at once when networkd has done with it. What cannot be read is asked for again. All versions of networkd can be asked like that; none tells of its own
 * accord. Ends with the worlds.
 *
 * ```
 * worlds   -a-b-------|      a: eth0 has an address, b: another one; 3 frames of quiet
 * result   ------l----|      l: its leases
 * ```
 */
export const networkdLeases = (
  ask: AskLeases,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<World, Input> =>
  connect(world$ => {
    let earlier: World | undefined;
    let latest: World | undefined;
    const quiet = (ifindex: number): number => (isDone(earlier, latest, ifindex) ? 0 : QUIET_MS);
    return world$.pipe(
      startWith(undefined),
      pairwise(),
      map(([before, now]) => {
        [earlier, latest] = [before, now];
        return now === undefined || !isHeard(now) ? [] : touched(before, now);
      }),
      flatten(),
      debounceByValue(quiet, MOST_MS, scheduler),
      concatMapRetrying(
        (ifindex, { failures, fail }) =>
          ask(questionOf(latest, ifindex)).pipe(
            tap(({ kind }) => {
              if (kind === 'fault') fail();
            }),
            filter(({ kind }) => kind !== 'fault' || failures === 0),
          ),
        scheduler,
      ),
      untilEndOf(world$),
    );
  });
