import { IFF_UP } from '@network-stack/netlink/constants';
import type { Family } from '../../../model/address.js';
import type { Link } from '../../../model/link.js';
import { overlap, prefixOf } from '../../../model/ip/prefix.js';
import type { World } from '../../../model/world.js';
import { linkSettings } from '../../../world/link-settings.js';
import { ownRoute } from './gateway-routes.js';
import type { OneHop } from './multipath.js';
import { connectedPrefixes } from './networks.js';
import { anywhere, best, isDefault, isOfOneLink, type NextHop } from './next-hops.js';

/** The router in the lease that the link holds; undefined if there is none, or none that is an address. */
export const leaseGateway = ({ leases: { bound } }: World, ifindex: number, family: Family): string | undefined =>
  [...bound.values()]
    .filter(one => one.ifindex === ifindex && one.lease.family === family)
    .flatMap(({ lease }) => lease.routers)
    .find(router => prefixOf(router)?.family === family);

/** The routers of a link's default routes in the main table. */
const routersInMain = (ifindex: number, hops: readonly NextHop[]): readonly string[] =>
  best(hops.filter(hop => hop.oif === ifindex && isDefault(hop))).flatMap(({ gateway }) => gateway ?? []);

/**
 * The routers of a link that has none in main: that of its lease, those of Gateway=, routers of other links in main
 * that lie in its networks, or those of the link below a macvlan.
 */
const routersOf = (world: World, link: Link, family: Family, hops: readonly NextHop[]): readonly string[] => {
  const { ifindex, macvlanOf: parent } = link;
  const ofLease = leaseGateway(world, ifindex, family);
  if (ofLease !== undefined) return [ofLease];
  const given = (linkSettings(world.config, link).gateway ?? []).filter(router => prefixOf(router)?.family === family);
  if (given.length > 0) return given;
  const own = hops.filter(({ oif }) => oif === ifindex);
  const connected = connectedPrefixes(world, ifindex, own);
  const near = best(
    hops.filter(isDefault).filter(({ gateway }) => {
      const router = gateway === undefined || isOfOneLink(gateway) ? undefined : prefixOf(gateway);
      return router !== undefined && connected.some(prefix => overlap(prefix, router));
    }),
  ).flatMap(({ gateway }) => gateway ?? []);
  if (near.length > 0 || parent === undefined) return near;
  const lower = world.kernel.links?.get(parent);
  const inMain = routersInMain(parent, hops);
  return inMain.length > 0 || lower === undefined ? inMain : routersOf(world, lower, family, hops);
};

/** The default routes, one per router, of a link that main has none for. A link that is down gets none. */
export const ownDefault = (
  world: World,
  link: Link,
  family: Family,
  table: number,
  hops: readonly NextHop[],
): readonly OneHop[] =>
  (link.flags & IFF_UP) === 0 || hops.some(hop => hop.oif === link.ifindex && isDefault(hop))
    ? []
    : routersOf(world, link, family, hops).map(router =>
        ownRoute(anywhere[family], link.ifindex, family, table, router),
      );
