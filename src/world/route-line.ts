import type { Nexthop, Route } from '@network-stack/netlink';

/** RTN_* of linux/rtnetlink.h as ip-route(8) spells them; unicast is not spelled. */
const types: ReadonlyMap<number, string> = new Map([
  [2, 'local'],
  [3, 'broadcast'],
  [4, 'anycast'],
  [5, 'multicast'],
  [6, 'blackhole'],
  [7, 'unreachable'],
  [8, 'prohibit'],
  [9, 'throw'],
]);

const gateway = ({ gateway: address, via }: Pick<Nexthop, 'gateway' | 'via'>): string =>
  address !== undefined ? ` via ${address}` : via !== undefined ? ` via ${via.address}` : '';

/** A route in one line, after the fashion of ip-route(8): `10.0.0.0/8 via 192.0.2.1 table 254 metric 1024`. */
export const routeLine = (route: Route): string => {
  const type = types.get(route.type);
  const hops = (route.multipath ?? []).map(hop => ` nexthop${gateway(hop)} ifindex ${hop.oif}`);
  return [
    type === undefined ? '' : `${type} `,
    route.destination,
    gateway(route),
    ...hops,
    route.nexthopId === undefined ? '' : ` nhid ${route.nexthopId}`,
    ` table ${route.table}`,
    route.priority === undefined || route.priority === 0 ? '' : ` metric ${route.priority}`,
    route.prefsrc === undefined ? '' : ` src ${route.prefsrc}`,
  ].join('');
};
