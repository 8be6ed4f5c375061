import {
  AF_INET,
  AF_INET6,
  IFF_LOOPBACK,
  RT_TABLE_MAIN,
  RTN_UNICAST,
  RTNH_F_DEAD,
} from '@network-stack/netlink/constants';
import type { Nexthop, Route, RouteSpec } from '@network-stack/netlink';
import type { Family } from '../../model/address.js';
import type { Link } from '../../model/link.js';
import type { World } from '../../model/world.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import { isLinkLocal, prefixOf } from '../../model/ip/prefix.js';

const families = { ipv4: AF_INET, ipv6: AF_INET6 } as const;

/** The destination of default routes. */
export const anywhere = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/** A route by one link, none of a multipath. */
export type NextHop = Route & { readonly oif: number };

export const familyNumber = (family: Family): number => families[family];
export const isDefault = ({ destination }: RouteSpec): boolean =>
  destination === anywhere.ipv4 || destination === anywhere.ipv6;
export const isDirect = ({ gateway, via }: RouteSpec): boolean => gateway === undefined && via === undefined;

/** The router of one link may be another one, or nobody, on the next. */
export const isOfOneLink = (gateway: string): boolean => {
  const prefix = prefixOf(gateway);
  return prefix === undefined || isLinkLocal(prefix);
};

const hopOf = (route: Route, { oif, gateway, via, flow, encap, flags }: Nexthop): NextHop => ({
  ...route,
  multipath: undefined,
  oif,
  gateway,
  via,
  flow,
  encap,
  flags,
});

const nextHopsOf = (route: Route): readonly NextHop[] => {
  if (route.multipath !== undefined) return route.multipath.map(hop => hopOf(route, hop));
  const { oif } = route;
  return oif === undefined ? [] : [{ ...route, oif }];
};

/** The unicast routes of the main table, hop by hop, of everybody but us; those of a link that is down do not count. */
export const mainNextHops = (routes: readonly Route[]): readonly NextHop[] =>
  routes
    .filter(({ table, type, protocol }) => table === RT_TABLE_MAIN && type === RTN_UNICAST && protocol !== OUR_PROTOCOL)
    .flatMap(nextHopsOf)
    .filter(({ flags }) => (flags & RTNH_F_DEAD) === 0);

/** Links without a default route that are not chosen: what lies behind them (containers, tunnels) is reached only by them. */
export const insideLinks = (world: World, hops: readonly NextHop[], chosen: readonly Link[]): ReadonlySet<number> => {
  const others = new Set([...chosen.map(({ ifindex }) => ifindex), ...hops.filter(isDefault).map(({ oif }) => oif)]);
  const links = [...(world.kernel.links?.values() ?? [])];
  return new Set(
    links.filter(one => (one.flags & IFF_LOOPBACK) === 0 && !others.has(one.ifindex)).map(({ ifindex }) => ifindex),
  );
};
