import type { Change, Changeable, NetlinkObject, Route, RouteSpec, Rule, RuleSpec } from '@network-stack/netlink';
import type { Refusal } from '../system/rtnetlink.js';

export const refusal = (code: string, errno: number): Refusal => ({ code, errno, message: `${code} (errno ${errno})` });
const exists = refusal('EEXIST', 17);
const missing = refusal('ESRCH', 3);

const routeIdentity = ({ family, table, destination, tos, priority }: RouteSpec): string =>
  [family, table, destination, tos, priority ?? 0].join(' ');

/** Deleting: what is not given matches anything. */
export const matches = (wanted: object, one: object): boolean =>
  Object.entries(wanted).every(
    ([name, value]) => value === undefined || name === 'flags' || Reflect.get(one, name) === value,
  );

export interface FakeTables {
  readonly rules: () => readonly Rule[];
  readonly routes: () => readonly Route[];
  readonly change: (action: Change['action'], object: Changeable) => Refusal | undefined;
  /** deletes what has the same key, whatever else it says */
  readonly remove: (object: Route | Rule, isByProtocol: boolean) => Refusal | undefined;
}

/** The rules and routes of a kernel in memory, with its keys and refusals as far as policy rules need them. */
export const fakeTables = (tell: (kind: 'new' | 'delete', object: NetlinkObject) => void): FakeTables => {
  let rules: readonly Rule[] = [];
  let routes: readonly Route[] = [];
  const changeRule = (action: Change['action'], object: RuleSpec): Refusal | undefined => {
    const found = rules.find(one => matches(object, one));
    if (action === 'delete') {
      rules = rules.filter(one => one !== found);
      if (found === undefined) return missing;
      tell('delete', found);
      return undefined;
    }
    if (found !== undefined) return exists;
    const rule: Rule = { family: 2, action: 1, table: 254, priority: 0, flags: 0, tos: 0, ...object };
    rules = [...rules, rule];
    tell('new', rule);
    return undefined;
  };
  const changeRoute = (action: Change['action'], object: RouteSpec): Refusal | undefined => {
    if (action === 'delete') {
      const found = routes.find(one => matches(object, one));
      routes = routes.filter(one => one !== found);
      if (found === undefined) return missing;
      tell('delete', found);
      return undefined;
    }
    const route: Route = { family: 2, table: 254, protocol: 3, scope: 0, type: 1, flags: 0, tos: 0, ...object };
    const at = routes.findIndex(one => routeIdentity(one) === routeIdentity(route));
    if (at >= 0 && action === 'add') return exists;
    routes = at < 0 ? [...routes, route] : routes.with(at, route);
    tell('new', route);
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
  const remove = (object: Route | Rule, isByProtocol: boolean): Refusal | undefined => {
    const found =
      object.kind === 'rule'
        ? rules.find(one => matches(object, one))
        : routes.find(
            one => routeIdentity(one) === routeIdentity(object) && (!isByProtocol || one.protocol === object.protocol),
          );
    rules = rules.filter(one => one !== found);
    routes = routes.filter(one => one !== found);
    if (found === undefined) return missing;
    tell('delete', found);
    return undefined;
  };
  return { rules: () => rules, routes: () => routes, change, remove };
};
