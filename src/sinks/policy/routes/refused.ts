import {
  RT_SCOPE_UNIVERSE,
  RT_TABLE_MAIN,
  RTN_BLACKHOLE,
  RTN_PROHIBIT,
  RTN_THROW,
  RTN_UNREACHABLE,
} from '@network-stack/netlink/constants';
import type { Route, RouteSpec } from '@network-stack/netlink';
import { OUR_PROTOCOL } from '../../../model/wire/from-netlink.js';
import { isLinkLocal, overlap, type Prefix, prefixOf } from '../../../model/ip/prefix.js';
import { isDefault, type NextHop } from './next-hops.js';

const refusing: ReadonlySet<number | undefined> = new Set([RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT, RTN_THROW]);

export const isRefusal = ({ type }: RouteSpec): boolean => refusing.has(type);

const place = ({ family, destination, tos }: RouteSpec): string => [family, destination, tos ?? 0].join(' ');

/**
 * What the main table refuses, or leaves to the next rule (throw): its routes of these types, without those that a
 * usable route to the same prefix precedes.
 */
export const mainRefusals = (routes: readonly Route[], hops: readonly NextHop[]): readonly Route[] => {
  const refusals = routes.filter(
    route => route.table === RT_TABLE_MAIN && isRefusal(route) && route.protocol !== OUR_PROTOCOL,
  );
  if (refusals.length === 0) return [];
  const ways = new Map<string, number>();
  for (const { priority = 0, ...hop } of hops) {
    const key = place(hop);
    ways.set(key, Math.min(priority, ways.get(key) ?? Infinity));
  }
  return refusals.filter(route => (route.priority ?? 0) <= (ways.get(place(route)) ?? Infinity));
};

interface Placed {
  readonly route: RouteSpec;
  readonly prefix: Prefix;
}

const placed = (routes: readonly RouteSpec[]): readonly Placed[] =>
  routes.flatMap(route => {
    const prefix = prefixOf(route.destination);
    return prefix === undefined ? [] : [{ route, prefix }];
  });

const isWithin = (inner: Prefix, outer: Prefix): boolean => outer.length < inner.length && overlap(inner, outer);

/**
 * Routes for what the main table reaches over other links within a range that it refuses: via the link's default, as
 * without that range, or on to the main table (throw).
 *
 * @param held what the table holds so far, refusals included
 */
export const exemptions = (held: readonly RouteSpec[], hops: readonly NextHop[]): readonly RouteSpec[] => {
  const ranges = placed(held.filter(isRefusal)).filter(
    ({ prefix: { family, length } }) => length < (family === 'ipv4' ? 32 : 128),
  );
  if (ranges.length === 0) return [];
  const all = placed(held);
  const destinations = new Set(held.map(({ destination }) => destination));
  const [uplink] = held
    .filter(route => isDefault(route) && !isRefusal(route))
    .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
  return placed(hops.filter(hop => !isDefault(hop) && !destinations.has(hop.destination))).flatMap(
    ({ route: { destination }, prefix }) => {
      if (isLinkLocal(prefix) || !ranges.some(range => isWithin(prefix, range.prefix))) return [];
      const [around] = all
        .filter(one => isWithin(prefix, one.prefix))
        .toSorted((a, b) => b.prefix.length - a.prefix.length);
      if (around === undefined || !isRefusal(around.route)) return [];
      const on = { type: RTN_THROW, scope: RT_SCOPE_UNIVERSE };
      return [uplink === undefined ? { ...around.route, ...on, destination } : { ...uplink, destination }];
    },
  );
};
