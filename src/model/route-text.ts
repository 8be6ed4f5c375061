import type { Nexthop, Route } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';

/** RTN_* as ip-route(8) spells them; unicast is not spelled. */
const types: ReadonlyMap<number, string> = new Map([
  [k.RTN_LOCAL, 'local'],
  [k.RTN_BROADCAST, 'broadcast'],
  [k.RTN_ANYCAST, 'anycast'],
  [k.RTN_MULTICAST, 'multicast'],
  [k.RTN_BLACKHOLE, 'blackhole'],
  [k.RTN_UNREACHABLE, 'unreachable'],
  [k.RTN_PROHIBIT, 'prohibit'],
  [k.RTN_THROW, 'throw'],
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
