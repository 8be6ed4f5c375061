import type { Route, RouteSpec, RuleSpec } from '@network-stack/netlink';

/** linux/rtnetlink.h, linux/fib_rules.h */
const RTNH_F_ONLINK = 4;
const FR_ACT_TO_TBL = 1;
const FIB_RULE_INVERT = 2;
/** The kernel counts whole seconds, and the time goes on between two lists. */
const EXPIRY_TOLERANCE = 3;

/** Where a route lies among others of its table: the kernel keeps one of each (of IPv4, see fib_find_alias). */
export const routeKey = ({ family, table, destination, source, tos, priority }: RouteSpec): string =>
  [family, table, destination, source ?? '', tos ?? 0, priority ?? 0].join(' ');

/** Equal for rules that mean the same; what we never set makes it another rule. */
export const ruleKey = ({
  kind,
  family,
  priority,
  from,
  to,
  table,
  action = FR_ACT_TO_TBL,
  flags = 0,
  tos = 0,
  ...rest
}: RuleSpec): string => {
  const more = Object.entries(rest).filter(([name, value]) => name !== 'protocol' && value !== undefined);
  const unusual = [
    action === FR_ACT_TO_TBL ? [] : [action],
    flags & FIB_RULE_INVERT ? ['not'] : [],
    tos === 0 ? [] : [tos],
    more,
  ];
  return [kind, family, priority, from ?? '', to ?? '', table, JSON.stringify(unusual.flat())].join(' ');
};

/** What a route says besides its key; how long it will last is told apart. */
export const routeContents = ({
  type,
  scope,
  gateway,
  via,
  oif,
  prefsrc,
  metrics,
  preference,
  encap,
  flow,
  flags = 0,
  expires,
}: RouteSpec): string =>
  JSON.stringify([
    type,
    scope,
    gateway,
    via,
    oif,
    prefsrc,
    metrics,
    preference ?? 0,
    encap?.type,
    encap?.bytes.join(),
    flow,
    flags & RTNH_F_ONLINK,
    expires !== undefined,
  ]);

/** Do both last equally long? */
export const isFresh = (one: RouteSpec, other: RouteSpec): boolean =>
  Math.abs((one.expires ?? 0) - (other.expires ?? 0)) <= EXPIRY_TOLERANCE;

/** Only what tells it from others: the kernel compares all that it is given. */
export const routeToDelete = ({
  kind,
  family,
  destination,
  table,
  protocol,
  scope,
  type,
  tos,
  source,
  oif,
  gateway,
  via,
  priority,
}: Route): RouteSpec => ({
  kind,
  family,
  destination,
  table,
  protocol,
  scope,
  type,
  tos,
  source,
  oif,
  gateway,
  via,
  priority,
});
