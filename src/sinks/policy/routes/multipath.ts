import type { Nexthop, RouteSpec } from '@network-stack/netlink';
import { routeKey } from '../keys.js';
import { isDirect } from './next-hops.js';
import { groupBy } from '../../../model/values/group-by.js';

/** A route with a single next hop. */
export interface OneHop extends RouteSpec {
  readonly weight?: number;
}

/** ICMPV6_ROUTER_PREF_* (RFC 4191), the best last. */
const preferences: readonly (number | undefined)[] = [3, 0, 1];
const rank = ({ preference = 0 }: RouteSpec): number => preferences.indexOf(preference);

const hopOf = ({ oif = 0, gateway, via, flow, encap, weight = 1 }: OneHop): Nexthop => ({
  oif,
  gateway,
  via,
  flow,
  encap,
  weight,
  flags: 0,
});

const sooner = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);

/** Joins them into one route; of IPv6 routers, only those with the highest preference count. */
const joined = (hops: readonly [OneHop, ...OneHop[]]): RouteSpec => {
  const [first] = hops;
  if (isDirect(first)) return first;
  const most = Math.max(...hops.map(rank));
  const routers = new Map(
    hops
      .filter(hop => !isDirect(hop) && rank(hop) === most)
      .map(hop => [`${hop.oif} ${hop.gateway ?? hop.via?.address}`, hop] as const),
  );
  const [only = first] = routers.values();
  if (routers.size <= 1) return only;
  const ofHops = { oif: undefined, gateway: undefined, via: undefined, flow: undefined, encap: undefined };
  const expires = hops.map(hop => hop.expires).reduce(sooner);
  return { ...only, ...ofHops, expires, multipath: [...routers.values()].map(hopOf) };
};

/** Joins single-hop routes with the same key: several routers make a multipath route. */
export const gathered = (hops: readonly OneHop[]): readonly RouteSpec[] =>
  [...groupBy(hops, routeKey).values()].map(joined);
