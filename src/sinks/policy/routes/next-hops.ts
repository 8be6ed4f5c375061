import {
  AF_INET,
  AF_INET6,
  IFF_LOOPBACK,
  RT_TABLE_MAIN,
  RTN_UNICAST,
  RTNH_F_DEAD,
} from '@network-stack/netlink/constants';
import type { Route, RouteSpec } from '@network-stack/netlink';
import type { Family } from '../../../model/address.js';
import type { World } from '../../../model/world.js';
import { OUR_PROTOCOL } from '../../../model/wire/from-netlink.js';
import { linkSettings } from '../../../world/link-settings.js';
import { presentLinks } from '../../../world/links.js';
import { isLinkLocal, prefixOf } from '../../../model/ip/prefix.js';

const families = { ipv4: AF_INET, ipv6: AF_INET6 } as const;

/** The destination of default routes. */
export const anywhere = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/** A route with one outgoing link: each hop of a multipath route is one. */
export interface NextHop extends Route {
  readonly oif: number;
  /** share of the traffic of a multipath */
  readonly weight?: number;
}

export const familyNumber = (family: Family): number => families[family];
export const isDefault = ({ destination }: RouteSpec): boolean =>
  destination === anywhere.ipv4 || destination === anywhere.ipv6;
export const isDirect = ({ gateway, via, multipath }: RouteSpec): boolean =>
  gateway === undefined && via === undefined && multipath === undefined;

/** Is it a link-local address or prefix? It may mean another host, or none, on another link. */
export const isOfOneLink = (text: string): boolean => {
  const prefix = prefixOf(text);
  return prefix === undefined || isLinkLocal(prefix);
};

const nextHopsOf = (route: Route): readonly NextHop[] => {
  if (route.multipath !== undefined) return route.multipath.map(hop => ({ ...route, multipath: undefined, ...hop }));
  const { oif } = route;
  return oif === undefined ? [] : [{ ...route, oif }];
};

/** The unicast routes of the main table that are not ours, hop by hop, without those of a link that is down. */
export const mainNextHops = (routes: readonly Route[]): readonly NextHop[] =>
  routes
    .filter(({ table, type, protocol }) => table === RT_TABLE_MAIN && type === RTN_UNICAST && protocol !== OUR_PROTOCOL)
    .flatMap(nextHopsOf)
    .filter(({ flags }) => (flags & RTNH_F_DEAD) === 0);

/** A shorter prefix is no network but a default route, or a part of one as VPNs write it. */
const SHORTEST_NETWORK = { [AF_INET]: 2, [AF_INET6]: 5 } as const;

/** Is it a default route, or like `0.0.0.0/1` and `::/3` a large part of one? */
export const leadsOut = ({ destination }: RouteSpec): boolean =>
  Number(destination.slice(destination.indexOf('/') + 1)) <
  SHORTEST_NETWORK[destination.includes(':') ? AF_INET6 : AF_INET];

/**
 * Links that lead nowhere else: only what lies behind them (containers, tunnels) is reached over them, and only over
 * them.
 */
export const insideLinks = (
  { config, kernel, leases: { bound } }: World,
  hops: readonly NextHop[],
): ReadonlySet<number> => {
  const ways = new Set([
    ...hops.filter(hop => leadsOut(hop) || !isDirect(hop)).map(({ oif }) => oif),
    ...[...bound.values()].filter(({ lease }) => lease.routers.length > 0).map(({ ifindex }) => ifindex),
  ]);
  return new Set(
    presentLinks({ kernel })
      .filter(({ flags, ifindex }) => (flags & IFF_LOOPBACK) === 0 && !ways.has(ifindex))
      .filter(link => linkSettings(config, link).gateway === undefined)
      .map(({ ifindex }) => ifindex),
  );
};

const metric = ({ priority = 0 }: RouteSpec): number => priority;

/** The routes with the lowest metric. */
export const best = <T extends RouteSpec>(routes: readonly T[]): readonly T[] => {
  const lowest = Math.min(...routes.map(metric));
  return routes.filter(route => metric(route) === lowest);
};
