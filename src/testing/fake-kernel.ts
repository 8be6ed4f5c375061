import type { Change, Changeable, Route, RouteFilter, RouteSpec, Rule, RuleSpec } from '@network-stack/netlink';
import { defer, NEVER, type Observable, of, throwError } from 'rxjs';
import type { Refusal, Rtnetlink } from '../system/rtnetlink.js';
import { routeLine, routeOf, ruleLine, ruleOf } from './ip-text.js';

export { routeOf, ruleOf };

const refusal = (code: string, errno: number): Refusal => ({ code, errno, message: `${code} (errno ${errno})` });
const exists = refusal('EEXIST', 17);
const missing = refusal('ESRCH', 3);

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
  /** Deletes what has the same key, whatever else it says. */
  const remove = (object: Route | Rule, isByProtocol: boolean): Refusal | undefined => {
    const found =
      object.kind === 'rule'
        ? rules.find(one => matches(object, one))
        : routes.find(
            one => routeIdentity(one) === routeIdentity(object) && (!isByProtocol || one.protocol === object.protocol),
          );
    rules = rules.filter(one => one !== found);
    routes = routes.filter(one => one !== found);
    return found === undefined ? missing : undefined;
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
        const [what, action, ...rest] = command.split(' ');
        const words = rest.join(' ');
        const object = what === 'rule' ? ruleOf(words) : routeOf(words);
        const error =
          action === 'delete'
            ? remove(object, words.includes('proto'))
            : change(action === 'add' ? 'add' : 'replace', object);
        if (error !== undefined) throw new Error(`${command}: ${error.message}`);
      }
    },
    done: () => done.splice(0),
    refuses: () => undefined,
    unreadable: false,
    passes: () => passes,
    connect: () => NEVER,
    links: () => of([]),
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
