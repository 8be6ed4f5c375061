import { IP6_RT_PRIO_USER, RT_SCOPE_LINK, RTN_UNICAST } from '@network-stack/netlink/constants';
import type { RouteSpec } from '@network-stack/netlink';
import type { Family } from '../../../model/address.js';
import { OUR_PROTOCOL } from '../../../model/wire/from-netlink.js';
import { routeKey } from '../keys.js';
import { familyNumber, isDirect } from './next-hops.js';
import { isLinkLocal, overlap, prefixOf } from '../../../model/ip/prefix.js';

/** A route that main does not have: to a router, or via it. */
export const ownRoute = (
  destination: string,
  oif: number,
  family: Family,
  table: number,
  gateway?: string,
): RouteSpec => ({
  kind: 'route',
  family: familyNumber(family),
  destination,
  table,
  protocol: OUR_PROTOCOL,
  scope: gateway === undefined && family === 'ipv4' ? RT_SCOPE_LINK : 0,
  type: RTN_UNICAST,
  tos: 0,
  oif,
  gateway,
  // IPv6 assigns this metric anyway.
  priority: family === 'ipv6' ? IP6_RT_PRIO_USER : undefined,
});

/**
 * The kernel accepts a route via a router only if a direct route of the same link leads to that router. Main may hold
 * others: those with the flag `onlink`, and those whose direct route is gone; or a route of somebody else may stand in the
 * place of the direct one. For these the table gets a direct route to the router; the flag would not do, as IPv6 refuses
 * it where main reaches the router over another link.
 *
 * @param foreign others' routes in the table, by `routeKey`
 */
export const routesToRouters = (
  routes: readonly RouteSpec[],
  foreign: ReadonlyMap<string, RouteSpec>,
  family: Family,
  table: number,
): readonly RouteSpec[] => {
  const routers = new Map<string, { readonly gateway: string; readonly oif: number }>();
  for (const { gateway, oif } of routes.flatMap(
    (route): readonly Pick<RouteSpec, 'gateway' | 'oif'>[] => route.multipath ?? [route],
  ))
    if (gateway !== undefined && oif !== undefined) routers.set(`${gateway} ${oif}`, { gateway, oif });
  const direct = routes.map(route => foreign.get(routeKey(route)) ?? route).filter(isDirect);
  return [...routers.values()].flatMap(({ gateway, oif }) => {
    const router = prefixOf(gateway);
    if (router === undefined || (family === 'ipv6' && isLinkLocal(router))) return [];
    const isReached = direct.some(route => {
      const prefix = route.oif === oif ? prefixOf(route.destination) : undefined;
      return prefix !== undefined && overlap(prefix, router);
    });
    return isReached ? [] : [ownRoute(`${gateway}/${router.length}`, oif, family, table)];
  });
};
