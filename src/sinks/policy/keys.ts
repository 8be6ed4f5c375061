import { FIB_RULE_INVERT, FR_ACT_TO_TBL, RTNH_F_ONLINK } from '@network-stack/netlink/constants';
import type { Nexthop, Route, RouteSpec, RuleSpec } from '@network-stack/netlink';

/** The kernel counts whole seconds, and time passes between two dumps. */
const EXPIRY_TOLERANCE_S = 3;

/** Identifies a route within its table: the kernel keeps one per key (for IPv4, see fib_find_alias). */
export const routeKey = ({ family, table, destination, source, tos, priority }: RouteSpec): string =>
  [family, table, destination, source ?? '', tos ?? 0, priority ?? 0].join(' ');

/** Fields of a rule that its key begins with, and its owner. */
const usual = new Set(['kind', 'family', 'priority', 'from', 'to', 'table', 'action', 'flags', 'tos', 'protocol']);

/** Does it have a field that we never set? A loop, as this is asked of thousands of rules, few of which do. */
const saysMore = (rule: RuleSpec): boolean => {
  for (const name in rule) if (!usual.has(name) && Reflect.get(rule, name) !== undefined) return true;
  return false;
};

/** Equal for rules that mean the same; any field that we never set makes it another rule. */
export const ruleKey = (rule: RuleSpec): string => {
  const { family, priority, from = '', to = '', table, action = FR_ACT_TO_TBL, flags = 0, tos = 0 } = rule;
  const key = `rule ${family} ${priority} ${from} ${to} ${table}`;
  const isInverted = (flags & FIB_RULE_INVERT) !== 0;
  if (action === FR_ACT_TO_TBL && !isInverted && tos === 0 && !saysMore(rule)) return key;
  const more = Object.entries(rule).filter(([name, value]) => !usual.has(name) && value !== undefined);
  return `${key} ${JSON.stringify([action, isInverted, tos, more])}`;
};

type Hop = Pick<RouteSpec, 'oif'> & Partial<Omit<Nexthop, 'oif'>>;

const hopContents = ({ gateway, via, oif, encap, flow, flags }: Hop, weight = 1): string =>
  JSON.stringify([gateway, via, oif, encap?.type, encap?.bytes.join(), flow, (flags ?? 0) & RTNH_F_ONLINK, weight]);

/** What a route says besides its key and its lifetime. */
export const routeContents = (route: RouteSpec): string =>
  JSON.stringify([
    route.type,
    route.scope,
    route.prefsrc,
    route.metrics,
    route.preference ?? 0,
    route.expires !== undefined,
    route.multipath?.map(hop => hopContents(hop, hop.weight)).sort() ?? hopContents(route),
  ]);

/** Do both expire at about the same time? */
export const isFresh = (one: RouteSpec, other: RouteSpec): boolean =>
  Math.abs((one.expires ?? 0) - (other.expires ?? 0)) <= EXPIRY_TOLERANCE_S;

/** What identifies it to the kernel, which compares every attribute of a route to be deleted. */
export const routeIdentity = (route: Route): RouteSpec => ({
  kind: route.kind,
  family: route.family,
  destination: route.destination,
  table: route.table,
  protocol: route.protocol,
  scope: route.scope,
  type: route.type,
  tos: route.tos,
  source: route.source,
  oif: route.oif,
  gateway: route.gateway,
  via: route.via,
  priority: route.priority,
});
