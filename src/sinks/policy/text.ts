import { FIB_RULE_INVERT, RT_TABLE_MAIN, RTNH_F_ONLINK } from '@network-stack/netlink/constants';
import type { RouteSpec, RuleSpec } from '@network-stack/netlink';
import { destinationText, prefixText, routeTypes } from '../../model/route/route-text.js';
import { isRefusal } from './routes/refused.js';

/** The name of a link; undefined: nobody knows it. */
export type NameOf = (ifindex: number) => string | undefined;

/** A rule as in ip-rule(8): `from 192.0.2.5 lookup 10002`; an unusual priority is told. */
export const ruleText = ({ flags = 0, from, to, table, priority, fwmark, iif, oif, ...rest }: RuleSpec): string =>
  [
    (flags & FIB_RULE_INVERT) === 0 ? '' : 'not',
    to !== undefined && from === undefined ? '' : `from ${from === undefined ? 'all' : prefixText(from)}`,
    to === undefined ? '' : `to ${prefixText(to)}`,
    fwmark === undefined ? '' : `fwmark ${fwmark}`,
    iif === undefined ? '' : `iif ${iif}`,
    oif === undefined ? '' : `oif ${oif}`,
    `lookup ${table ?? 0}`,
    rest.suppressPrefixLength === undefined ? '' : `suppress_prefixlength ${rest.suppressPrefixLength}`,
    priority === undefined || priority === 9999 ? '' : `priority ${priority}`,
  ]
    .filter(Boolean)
    .join(' ');

/** A route as in ip-route(8): `default via 192.0.2.1 dev eth1 table 10002 metric 100`. */
export const routeText = (route: RouteSpec, nameOf: NameOf): string => {
  const { type, source, gateway, via, oif, tos, priority, prefsrc, flags = 0, multipath = [] } = route;
  return [
    type !== undefined && isRefusal(route) ? (routeTypes.get(type) ?? '') : '',
    destinationText(route.destination),
    source === undefined ? '' : `from ${source}`,
    gateway === undefined ? '' : `via ${gateway}`,
    via === undefined ? '' : `via ${via.address}`,
    oif === undefined ? '' : `dev ${nameOf(oif) ?? oif}`,
    `table ${route.table ?? RT_TABLE_MAIN}`,
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
