import type { Change, Changeable, Route, RouteFilter, RouteSpec, Rule, RuleSpec } from '@network-stack/netlink';
import { defer, NEVER, type Observable, of, throwError } from 'rxjs';
import type { Refusal, Rtnetlink } from '../system/rtnetlink.js';

const refusal = (code: string, errno: number): Refusal => ({ code, errno, message: `${code} (errno ${errno})` });
const exists = refusal('EEXIST', 17);
const missing = refusal('ESRCH', 3);

const protocols: ReadonlyMap<string, number> = new Map([
  ['kernel', 2],
  ['boot', 3],
  ['static', 4],
  ['dhcp', 16],
  ['ours', 217],
]);
const protocolName = (number = 0): string =>
  [...protocols].find(([, value]) => value === number)?.[0] ?? String(number);

/** `dev eth1 table 10002` → the words by name; a word that has no value is its own. */
const wordsOf = (text: string): ReadonlyMap<string, string> => {
  const words = new Map<string, string>();
  const rest = text.trim().split(/\s+/);
  while (rest.length > 0) {
    const name = rest.shift() ?? '';
    words.set(name, name === 'onlink' ? name : (rest.shift() ?? ''));
  }
  return words;
};
const numberIn = (words: ReadonlyMap<string, string>, name: string): number | undefined => {
  const value = words.get(name);
  return value === undefined ? undefined : Number(value);
};

const full = (prefix: string): string =>
  prefix.includes('/') ? prefix : `${prefix}/${prefix.includes(':') ? 128 : 32}`;

/** `192.0.2.0/24 dev 3 proto kernel src 192.0.2.5` as a route; links are numbers, the protocol is `boot` if unsaid. */
export const routeOf = (text: string): Route => {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  const words = wordsOf(rest.join(' '));
  const gateway = words.get('via');
  const isSix = [first, gateway, words.get('src')].some(word => word?.includes(':') === true) || words.has('six');
  const destination = first === 'default' ? (isSix ? '::/0' : '0.0.0.0/0') : full(first);
  return {
    kind: 'route',
    family: isSix ? 10 : 2,
    destination,
    table: numberIn(words, 'table') ?? 254,
    protocol: protocols.get(words.get('proto') ?? 'boot') ?? Number(words.get('proto')),
    scope: isSix || gateway !== undefined ? 0 : 253,
    type: 1,
    flags: words.has('onlink') ? 4 : 0,
    tos: 0,
    oif: numberIn(words, 'dev'),
    gateway,
    prefsrc: words.get('src'),
    priority: numberIn(words, 'metric') ?? (isSix ? 1024 : undefined),
    expires: numberIn(words, 'expires'),
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
    family: (from ?? to ?? '').includes(':') ? 10 : 2,
    action: 1,
    table: numberIn(words, 'lookup') ?? 254,
    priority: numberIn(words, 'priority') ?? 9999,
    flags: 0,
    tos: 0,
    from,
    to,
    protocol: protocols.get(words.get('proto') ?? 'boot') ?? Number(words.get('proto')),
  };
};

const shorter = (prefix: string): string =>
  prefix === '0.0.0.0/0' || prefix === '::/0' ? 'default' : prefix.replace(/(^[^:]*)\/32$|\/128$/, '$1');

const said = (name: string, value: string | number | undefined): string =>
  value === undefined || value === 0 ? '' : ` ${name} ${value}`;

const routeLine = ({
  destination,
  gateway,
  oif,
  table,
  protocol,
  prefsrc,
  priority,
  flags = 0,
  expires,
}: RouteSpec): string =>
  shorter(destination) +
  said('via', gateway) +
  said('dev', oif) +
  said('table', table) +
  ` proto ${protocolName(protocol)}` +
  said('src', prefsrc) +
  said('metric', priority) +
  said('expires', expires) +
  ((flags & 4) === 0 ? '' : ' onlink');

const ruleLine = ({ from, to, table, protocol, priority }: RuleSpec): string =>
  `${priority ?? 0}:${from === undefined ? '' : ` from ${shorter(from)}`}${to === undefined ? '' : ` to ${shorter(to)}`} lookup ${table ?? 0} proto ${protocolName(protocol)}`;

const routeIdentity = ({ family, table, destination, tos, priority }: RouteSpec): string =>
  [family, table, destination, tos, priority ?? 0].join(' ');

/** Deleting: what is not given matches anything. */
const matches = (wanted: object, one: object): boolean => {
  const has = new Map(Object.entries(one));
  return Object.entries(wanted).every(
    ([name, value]) => value === undefined || name === 'flags' || has.get(name) === value,
  );
};

export interface FakeKernel extends Rtnetlink {
  /** what there is, in the words of ip(8), routes with their tables: `9999: from 192.0.2.5 lookup 10002 proto ours` */
  readonly rules$: () => readonly string[];
  readonly routes$: () => readonly string[];
  /** Somebody else: `route add …`, `rule delete …`. */
  readonly ip: (...commands: readonly string[]) => void;
  /** what was asked for: `rule add 9999: from …`; since it was last read */
  readonly done: () => readonly string[];
  /** fails every change whose text this is true of */
  refuses: (text: string) => Refusal | undefined;
  /** fails every list */
  unreadable: boolean;
  /** how often rules were listed */
  readonly passes: () => number;
}

/** Rules and routes in memory, with the kernel's keys and refusals as far as policy rules need them. */
export const fakeKernel = (): FakeKernel => {
  let rules: readonly Rule[] = [];
  let routes: readonly Route[] = [];
  let passes = 0;
  const done: string[] = [];
  const text = ({ action, object }: Change): string => {
    switch (object.kind) {
      case 'route':
        return `route ${action} ${routeLine(object)}`;
      case 'rule':
        return `rule ${action} ${ruleLine(object)}`;
      case 'address':
        return `address ${action} ${object.address}`;
    }
  };
  const changeRule = (action: Change['action'], object: RuleSpec): Refusal | undefined => {
    const found = rules.find(one => matches(object, one));
    if (action === 'delete') {
      rules = rules.filter(one => one !== found);
      return found === undefined ? missing : undefined;
    }
    if (found !== undefined) return exists;
    rules = [...rules, { family: 2, action: 1, table: 254, priority: 0, flags: 0, tos: 0, ...object }];
    return undefined;
  };
  const changeRoute = (action: Change['action'], object: RouteSpec): Refusal | undefined => {
    if (action === 'delete') {
      const found = routes.find(one => matches(object, one));
      routes = routes.filter(one => one !== found);
      return found === undefined ? missing : undefined;
    }
    const route: Route = { family: 2, table: 254, protocol: 3, scope: 0, type: 1, flags: 0, tos: 0, ...object };
    const at = routes.findIndex(one => routeIdentity(one) === routeIdentity(route));
    if (at >= 0 && action === 'add') return exists;
    routes = at < 0 ? [...routes, route] : routes.with(at, route);
    return undefined;
  };
  const change = (action: Change['action'], object: Changeable): Refusal | undefined => {
    switch (object.kind) {
      case 'rule':
        return changeRule(action, object);
      case 'route':
        return changeRoute(action, object);
      case 'address':
        return missing;
    }
  };
  const apply = (one: Change): Refusal | undefined => {
    done.push(text(one));
    const refused = kernel.refuses(text(one));
    return refused ?? change(one.action, one.object);
  };
  const isListed = ({ table, protocol, type, family, oif }: RouteFilter, route: Route): boolean =>
    matches({ table, protocol, type, family, oif }, route);
  const listed = <T>(list: () => T): Observable<T> =>
    defer(() => (kernel.unreadable ? throwError(() => new Error('list rules: ENOBUFS')) : of(list())));
  const other = (): Observable<never> => throwError(() => new Error('the fake kernel has only rules and routes'));

  const kernel: FakeKernel = {
    rules$: () => rules.map(ruleLine),
    routes$: () => routes.map(routeLine),
    ip: (...commands) => {
      for (const command of commands) {
        const [kind, action = '', ...rest] = command.split(' ');
        const verb = action === 'delete' ? 'delete' : action === 'replace' ? 'replace' : 'add';
        const object = kind === 'rule' ? ruleOf(rest.join(' ')) : routeOf(rest.join(' '));
        const error = change(verb, object);
        if (error !== undefined) throw new Error(`${command}: ${error.message}`);
      }
    },
    done: () => done.splice(0),
    refuses: () => undefined,
    unreadable: false,
    passes: () => passes,
    connect: () => NEVER,
    links: other,
    link: other,
    addresses: other,
    routes: filter => listed(() => routes.filter(route => isListed(filter, route))),
    rules: () =>
      listed(() => {
        passes += 1;
        return rules;
      }),
    apply: changes => defer(() => of(changes.map(apply))),
  };
  return kernel;
};
