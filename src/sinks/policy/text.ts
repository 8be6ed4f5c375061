import {
  FIB_RULE_INVERT,
  RT_TABLE_MAIN,
  RTN_BLACKHOLE,
  RTN_PROHIBIT,
  RTN_THROW,
  RTN_UNREACHABLE,
  RTNH_F_ONLINK,
} from '@network-stack/netlink/constants';
import type { RouteSpec, RuleSpec } from '@network-stack/netlink';

/** The name of a link; undefined: nobody knows it. */
export type NameOf = (ifindex: number) => string | undefined;

const bare = (prefix: string): string => prefix.replace(/(^[^:]*)\/32$|\/128$/, '$1');
const range = (prefix: string): string => (/^(0\.0\.0\.0|::)\/0$/.test(prefix) ? 'default' : bare(prefix));

/** A rule as in ip-rule(8): `from 192.0.2.5 lookup 10002`; an unusual priority is told. */
export const ruleText = ({ flags = 0, from, to, table, priority, fwmark, iif, oif, ...rest }: RuleSpec): string =>
  [
    (flags & FIB_RULE_INVERT) === 0 ? '' : 'not',
    to !== undefined && from === undefined ? '' : `from ${from === undefined ? 'all' : bare(from)}`,
    to === undefined ? '' : `to ${bare(to)}`,
    fwmark === undefined ? '' : `fwmark ${fwmark}`,
    iif === undefined ? '' : `iif ${iif}`,
    oif === undefined ? '' : `oif ${oif}`,
    `lookup ${table ?? 0}`,
    rest.suppressPrefixLength === undefined ? '' : `suppress_prefixlength ${rest.suppressPrefixLength}`,
    priority === undefined || priority === 9999 ? '' : `priority ${priority}`,
  ]
    .filter(Boolean)
    .join(' ');

const refusals: ReadonlyMap<number, string> = new Map([
  [RTN_BLACKHOLE, 'blackhole'],
  [RTN_UNREACHABLE, 'unreachable'],
  [RTN_PROHIBIT, 'prohibit'],
  [RTN_THROW, 'throw'],
]);

/** A route as in ip-route(8): `default via 192.0.2.1 dev eth1 table 10002 metric 100`. */
export const routeText = (route: RouteSpec, nameOf: NameOf): string => {
  const {
    type,
    multipath = [],
    destination,
    source,
    gateway,
    via,
    oif,
    table,
    tos,
    priority,
    prefsrc,
    flags = 0,
  } = route;
  return [
    type === undefined ? '' : (refusals.get(type) ?? ''),
    range(destination),
    source === undefined ? '' : `from ${source}`,
    gateway === undefined ? '' : `via ${gateway}`,
    via === undefined ? '' : `via ${via.address}`,
    oif === undefined ? '' : `dev ${nameOf(oif) ?? oif}`,
    `table ${table ?? RT_TABLE_MAIN}`,
    tos === undefined || tos === 0 ? '' : `tos ${tos}`,
    priority === undefined || priority === 0 ? '' : `metric ${priority}`,
    prefsrc === undefined ? '' : `src ${prefsrc}`,
    (flags & RTNH_F_ONLINK) === 0 ? '' : 'onlink',
    ...multipath.map(
      hop => `nexthop via ${hop.gateway ?? hop.via?.address} dev ${nameOf(hop.oif) ?? hop.oif} weight ${hop.weight}`,
    ),
  ]
    .filter(Boolean)
    .join(' ');
};
