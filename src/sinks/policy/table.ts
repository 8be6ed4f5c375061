import { IFF_UP } from '@network-stack/netlink/constants';
import type { Route, RouteSpec } from '@network-stack/netlink';
import type { Address, Family } from '../../model/address.js';
import type { Link } from '../../model/link.js';
import type { World } from '../../model/world.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import { routeKey } from './keys.js';
import { anywhere, isDefault, isDirect, isOfOneLink, type NextHop } from './next-hops.js';
import { ownRoute, routesToRouters } from './gateway-routes.js';
import { exemptions } from './refused.js';
import { isLinkLocal, overlap, type Prefix, prefixOf } from '../../model/ip/prefix.js';

/** The same route in another table, with our mark. */
const copyTo =
  (table: number) =>
  ({ kind, family, destination, scope, type, tos, source, oif, gateway, via, prefsrc, ...rest }: Route): RouteSpec => ({
    kind,
    family,
    destination,
    table,
    protocol: OUR_PROTOCOL,
    scope,
    type,
    tos,
    source,
    oif,
    gateway,
    via,
    prefsrc,
    priority: rest.priority,
    metrics: rest.metrics,
    encap: rest.encap,
    expires: rest.expires,
    preference: rest.preference,
    flow: rest.flow,
  });

/** The router of the lease that the link holds; undefined: it has none, or none that is an address. */
export const leaseGateway = ({ leases: { bound } }: World, ifindex: number, family: Family): string | undefined =>
  [...bound.values()]
    .filter(one => one.ifindex === ifindex && one.lease.family === family)
    .flatMap(({ lease }) => lease.routers)
    .find(router => prefixOf(router)?.family === family);

/** What is reached over the link without a router: the prefixes of its addresses and of its direct routes. */
const connectedPrefixes = (addresses: Iterable<Address>, own: readonly NextHop[]): readonly Prefix[] => {
  const ofAddresses = [...addresses].map(({ address, peer, prefixLength }) => `${peer || address}/${prefixLength}`);
  const ofRoutes = own.filter(hop => isDirect(hop) && !isDefault(hop)).map(({ destination }) => destination);
  const networks = new Map<string, Prefix>();
  for (const prefix of [...ofAddresses, ...ofRoutes].flatMap(text => prefixOf(text) ?? [])) {
    const rest = BigInt((prefix.family === 'ipv4' ? 32 : 128) - prefix.length);
    networks.set(`${prefix.family} ${prefix.value >> rest} ${prefix.length}`, prefix);
  }
  return [...networks.values()];
};

/** Routes over these links that do not hide what the link itself is connected to. */
const insideRoutes = (
  hops: readonly NextHop[],
  inside: ReadonlySet<number>,
  connected: readonly Prefix[],
): readonly NextHop[] =>
  hops.filter(hop => {
    const prefix = inside.has(hop.oif) ? prefixOf(hop.destination) : undefined;
    return prefix !== undefined && !isLinkLocal(prefix) && !connected.some(each => overlap(each, prefix));
  });

/**
 * What the table of a link holds for one family: its own routes of the main table, a default, what main refuses, and what
 * leads to networks behind links that are no uplinks (containers, tunnels).
 *
 * @param hops `mainNextHops` of this family
 * @param refused `mainRefusals` of this family
 * @param inside `insideLinks`
 */
export const tableRoutes = (
  world: World,
  { ifindex, flags }: Link,
  family: Family,
  table: number,
  hops: readonly NextHop[],
  refused: readonly Route[],
  inside: ReadonlySet<number>,
): readonly RouteSpec[] => {
  const own = hops.filter(({ oif }) => oif === ifindex);
  const connected = connectedPrefixes(world.kernel.addresses.get(ifindex)?.values() ?? [], own);
  const isConnected = (gateway: string): boolean => {
    const one = prefixOf(gateway);
    return one !== undefined && connected.some(prefix => overlap(prefix, one));
  };
  const ownDefault = (): readonly RouteSpec[] => {
    // A link that is down takes no routes.
    if (own.some(isDefault) || refused.some(isDefault) || (flags & IFF_UP) === 0) return [];
    const ofLease = leaseGateway(world, ifindex, family);
    const ofMain = hops
      .filter(isDefault)
      .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
      .flatMap(({ gateway }) => gateway ?? [])
      .find(gateway => isConnected(gateway) && !isOfOneLink(gateway));
    const gateway = ofLease ?? ofMain;
    return gateway === undefined ? [] : [ownRoute(anywhere[family], ifindex, family, table, gateway)];
  };
  const copy = copyTo(table);
  const held = [
    ...refused.map(copy),
    ...own.map(copy),
    ...ownDefault(),
    ...insideRoutes(hops, inside, connected).map(copy),
  ];
  const wanted = [...held, ...exemptions(held, hops)];
  const all = [...wanted, ...routesToRouters(wanted, hops, family, table)];
  const first = new Map<string, RouteSpec>();
  for (const route of all) {
    const key = routeKey(route);
    if (!first.has(key)) first.set(key, route);
  }
  // A gateway has to be reachable when a route by it is added.
  const routes = [...first.values()];
  return [...routes.filter(isDirect), ...routes.filter(route => !isDirect(route))];
};
