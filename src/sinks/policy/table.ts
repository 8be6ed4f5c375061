import { IFF_UP } from '@network-stack/netlink/constants';
import type { Route, RouteSpec } from '@network-stack/netlink';
import type { Address, Family } from '../../model/address.js';
import type { Link } from '../../model/link.js';
import type { World } from '../../model/world.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import { isLinkLocal, overlap, type Prefix, prefixOf } from '../../model/ip/prefix.js';
import { routesToRouters } from './routes/gateway-routes.js';
import { routeIdentity, routeKey } from './keys.js';
import { gathered, type OneHop } from './routes/multipath.js';
import { connectedPrefixes, networkRoutes } from './routes/networks.js';
import { isDefault, isDirect, type NextHop } from './routes/next-hops.js';
import { ownDefault } from './routes/own-default.js';
import { exemptions } from './routes/refused.js';

/** Copies a route to another table, with our mark. */
const copyTo =
  (table: number) =>
  (route: Route & OneHop): OneHop => ({
    ...routeIdentity(route),
    table,
    protocol: OUR_PROTOCOL,
    prefsrc: route.prefsrc,
    metrics: route.metrics,
    encap: route.encap,
    expires: route.expires,
    preference: route.preference,
    flow: route.flow,
    ...(route.weight !== undefined && { weight: route.weight }),
  });

/** Routes over inside links, except those that would hide what the link itself is connected to. */
const insideRoutes = (
  hops: readonly NextHop[],
  inside: ReadonlySet<number>,
  connected: readonly Prefix[],
): readonly NextHop[] =>
  hops.filter(hop => {
    const prefix = inside.has(hop.oif) ? prefixOf(hop.destination) : undefined;
    return prefix !== undefined && !isLinkLocal(prefix) && !connected.some(each => overlap(each, prefix));
  });

/** The routes of the host that tables are made of, for one family. */
export interface HostRoutes {
  /** `mainNextHops` */
  readonly hops: readonly NextHop[];
  /** `mainRefusals` */
  readonly refused: readonly Route[];
  /** `insideLinks` */
  readonly inside: ReadonlySet<number>;
  /** others' routes in tables of ours, by `routeKey`: they stay */
  readonly foreign: ReadonlyMap<string, Route>;
}

/**
 * The table of a link for one family: the link's routes in main, its networks, a default, what main refuses, and routes
 * to networks behind links that are no uplinks (containers, tunnels).
 *
 * @param addresses the addresses of the link that have rules
 */
export const tableRoutes = (
  world: World,
  link: Link,
  family: Family,
  table: number,
  addresses: readonly Address[],
  { hops, refused, inside, foreign }: HostRoutes,
): readonly RouteSpec[] => {
  const { ifindex, flags } = link;
  const own = hops.filter(({ oif }) => oif === ifindex);
  const connected = connectedPrefixes(world, ifindex, own);
  const copy = copyTo(table);
  const held = gathered([
    ...refused.map(copy),
    ...own.map(copy),
    ...((flags & IFF_UP) === 0 ? [] : networkRoutes(addresses, own, ifindex, family, table)),
    ...(refused.some(isDefault) ? [] : ownDefault(world, link, family, table, hops)),
    ...insideRoutes(hops, inside, connected).map(copy),
  ]);
  const wanted = [...held, ...exemptions(held, hops)];
  const all = [...wanted, ...routesToRouters(wanted, foreign, family, table)];
  const first = new Map<string, RouteSpec>();
  for (const route of all) {
    const key = routeKey(route);
    if (!first.has(key)) first.set(key, route);
  }
  // A gateway has to be reachable when a route via it is added.
  const routes = [...first.values()];
  return [...routes.filter(isDirect), ...routes.filter(route => !isDirect(route))];
};
