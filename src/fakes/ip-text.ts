import type { Nexthop, Route, RouteSpec, Rule, RuleSpec } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { destinationText, routeTypes } from '../model/route/route-text.js';

const protocols: ReadonlyMap<string, number> = new Map([
  ['kernel', k.RTPROT_KERNEL],
  ['boot', k.RTPROT_BOOT],
  ['static', k.RTPROT_STATIC],
  ['dhcp', k.RTPROT_DHCP],
  ['ours', 217],
]);
const protocolName = (number = 0): string =>
  [...protocols].find(([, value]) => value === number)?.[0] ?? String(number);

/** `dev eth1 table 10002` → the words by name; a word that has no value is its own. */
export const wordsOf = (text: string): ReadonlyMap<string, string> => {
  const words = new Map<string, string>();
  const rest = text.trim().split(/\s+/);
  while (rest.length > 0) {
    const name = rest.shift() ?? '';
    words.set(name, ['onlink', 'six', 'not'].includes(name) ? name : (rest.shift() ?? ''));
  }
  return words;
};
const numberIn = (words: ReadonlyMap<string, string>, name: string): number | undefined => {
  const value = words.get(name);
  return value === undefined ? undefined : Number(value);
};

const full = (prefix: string): string =>
  prefix.includes('/') ? prefix : `${prefix}/${prefix.includes(':') ? 128 : 32}`;

const types: ReadonlyMap<string, number> = new Map([...routeTypes].map(([number, name]) => [name, number]));
const typeName = (number = k.RTN_UNICAST): string => (routeTypes.has(number) ? `${routeTypes.get(number)} ` : '');

const hopOf = (text: string): Nexthop => {
  const words = wordsOf(text);
  return {
    oif: numberIn(words, 'dev') ?? 0,
    weight: numberIn(words, 'weight') ?? 1,
    flags: words.has('onlink') ? k.RTNH_F_ONLINK : 0,
    gateway: words.get('via'),
  };
};

/**
 * `192.0.2.0/24 dev 3 proto kernel src 192.0.2.5`, `blackhole 10.0.0.0/8`, `default nexthop via 192.0.2.1 dev 3 nexthop …` as
 * a route; links are numbers, the protocol is `boot` if unsaid.
 */
export const routeOf = (text: string): Route => {
  const [sentence = '', ...hops] = text.trim().split(/\s+nexthop\s+/);
  const parts = sentence.split(/\s+/);
  const type = types.get(parts[0] ?? '');
  const [first = '', ...rest] = type === undefined ? parts : parts.slice(1);
  const words = wordsOf(rest.join(' '));
  const multipath = hops.length === 0 ? undefined : hops.map(hopOf);
  const gateway = words.get('via');
  const routers = [gateway, ...(multipath ?? []).map(hop => hop.gateway)];
  const isSix = [first, ...routers, words.get('src')].some(word => word?.includes(':') === true) || words.has('six');
  const destination = first === 'default' ? (isSix ? '::/0' : '0.0.0.0/0') : full(first);
  return {
    kind: 'route',
    family: isSix ? k.AF_INET6 : k.AF_INET,
    destination,
    table: numberIn(words, 'table') ?? k.RT_TABLE_MAIN,
    protocol: protocols.get(words.get('proto') ?? 'boot') ?? Number(words.get('proto')),
    scope: isSix || type !== undefined || routers.some(Boolean) ? k.RT_SCOPE_UNIVERSE : k.RT_SCOPE_LINK,
    type: type ?? k.RTN_UNICAST,
    flags: words.has('onlink') ? k.RTNH_F_ONLINK : 0,
    tos: 0,
    oif: numberIn(words, 'dev'),
    gateway,
    prefsrc: words.get('src'),
    priority: numberIn(words, 'metric') ?? (isSix ? k.IP6_RT_PRIO_USER : undefined),
    expires: numberIn(words, 'expires'),
    multipath,
  };
};

/** `from 192.0.2.5 lookup 10002 priority 9999 proto ours` as a rule. */
export const ruleOf = (text: string): Rule => {
  const words = wordsOf(text);
  const prefix = (name: string): string | undefined => {
    const value = words.get(name);
    return value === undefined || value === 'all' ? undefined : full(value);
  };
  const [from, to] = [prefix('from'), prefix('to')];
  return {
    kind: 'rule',
    family: (from ?? to ?? '').includes(':') || words.has('six') ? k.AF_INET6 : k.AF_INET,
    action: k.FR_ACT_TO_TBL,
    table: numberIn(words, 'lookup') ?? k.RT_TABLE_MAIN,
    priority: numberIn(words, 'priority') ?? 9999,
    flags: words.has('not') ? k.FIB_RULE_INVERT : 0,
    tos: 0,
    from,
    to,
    iif: words.get('iif'),
    fwmark: numberIn(words, 'fwmark'),
    protocol: protocols.get(words.get('proto') ?? 'boot') ?? Number(words.get('proto')),
  };
};

const said = (name: string, value: string | number | undefined): string =>
  value === undefined || value === 0 ? '' : ` ${name} ${value}`;

/** As `ip route` shows it, with its table; a link is a number. */
export const routeLine = (route: RouteSpec): string =>
  typeName(route.type) +
  destinationText(route.destination) +
  said('via', route.gateway) +
  said('dev', route.oif) +
  said('table', route.table) +
  ` proto ${protocolName(route.protocol)}` +
  said('src', route.prefsrc) +
  said('metric', route.priority) +
  said('expires', route.expires) +
  (((route.flags ?? 0) & k.RTNH_F_ONLINK) === 0 ? '' : ' onlink') +
  (route.multipath ?? []).map(hop => ` nexthop${said('via', hop.gateway)} dev ${hop.oif}`).join('');

/** As `ip rule` shows it. */
export const ruleLine = ({ from, to, table, protocol, priority }: RuleSpec): string =>
  `${priority ?? 0}:${from === undefined ? '' : ` from ${destinationText(from)}`}${to === undefined ? '' : ` to ${destinationText(to)}`} lookup ${table ?? 0} proto ${protocolName(protocol)}`;
