import { RT_TABLE_MAIN, RTNH_F_ONLINK } from '@network-stack/netlink/constants';
import type { RouteSpec, RuleSpec } from '@network-stack/netlink';
import { destinationText, kernelTables, routeTypes } from '../../model/route/route-text.js';
import { ruleWords } from '../../model/route/rule-text.js';
import { isRefusal } from './routes/refused.js';

/** The name of a link; undefined if unknown. */
export type NameOf = (ifindex: number) => string | undefined;

/** A rule as in ip-rule(8): `from 192.0.2.5 lookup 10002`, `to 192.0.2.5 lookup 10002`; a priority other than the default is shown. */
export const ruleText = (rule: RuleSpec): string => {
  const words = ruleWords(rule).replace(/^from all to /, 'to ');
  return rule.priority === undefined || rule.priority === 9999 ? words : `${words} priority ${rule.priority}`;
};

/** A route as in ip-route(8): `default via 192.0.2.1 dev eth1 table 10002 metric 100`. */
export const routeText = (route: RouteSpec, nameOf: NameOf): string => {
  const {
    type,
    source,
    gateway,
    via,
    oif,
    table = RT_TABLE_MAIN,
    tos,
    priority,
    prefsrc,
    flags = 0,
    multipath = [],
  } = route;
  return [
    type !== undefined && isRefusal(route) ? (routeTypes.get(type) ?? '') : '',
    destinationText(route.destination),
    source === undefined ? '' : `from ${source}`,
    gateway === undefined ? '' : `via ${gateway}`,
    via === undefined ? '' : `via ${via.address}`,
    oif === undefined ? '' : `dev ${nameOf(oif) ?? oif}`,
    `table ${kernelTables.get(table) ?? table}`,
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
