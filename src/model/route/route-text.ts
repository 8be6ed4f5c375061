import type { Nexthop, Route } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';

/** RTN_* as ip-route(8) spells them; unicast is not spelled. */
export const routeTypes: ReadonlyMap<number, string> = new Map([
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

/** Names of routing tables by their numbers. */
export type TableNames = ReadonlyMap<number, string>;

/** The tables that the kernel makes (linux/rtnetlink.h); iproute2 knows their names by heart, too. */
export const kernelTables: TableNames = new Map([
  [k.RT_TABLE_DEFAULT, 'default'],
  [k.RT_TABLE_MAIN, 'main'],
  [k.RT_TABLE_LOCAL, 'local'],
]);

/** Of a single address the address alone. */
export const prefixText = (prefix: string): string => prefix.replace(/(^[^:]*)\/32$|\/128$/, '$1');

/** A prefix, or `default`. */
export const destinationText = (prefix: string): string =>
  /^(0\.0\.0\.0|::)\/0$/.test(prefix) ? 'default' : prefixText(prefix);

/** A route in one line, as ip-route(8) writes it, always with its table: `default via 192.0.2.1 table main metric 1024`. */
export const routeLine = (route: Route, tables: TableNames = kernelTables): string => {
  const type = routeTypes.get(route.type);
  const hops = (route.multipath ?? []).map(hop => ` nexthop${gateway(hop)} ifindex ${hop.oif}`);
  return [
    type === undefined ? '' : `${type} `,
    destinationText(route.destination),
    gateway(route),
    ...hops,
    route.nexthopId === undefined ? '' : ` nhid ${route.nexthopId}`,
    ` table ${tables.get(route.table) ?? route.table}`,
    route.prefsrc === undefined ? '' : ` src ${route.prefsrc}`,
    route.priority === undefined || route.priority === 0 ? '' : ` metric ${route.priority}`,
  ].join('');
};
