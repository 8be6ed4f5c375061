import type { Change, Route, RouteSpec, Rule, RuleSpec } from '@network-stack/netlink';
import type { Action, Conflict, Plan } from '../reconcile/target.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import { foreignRoutes } from './foreign-routes.js';
import { isFresh, routeContents, routeKey, routeIdentity, ruleKey } from './keys.js';
import type { Policy } from './rules-and-routes.js';
import { type NameOf, routeText, ruleText } from './text.js';
import { groupBy } from '../../model/values/group-by.js';

/** One rule or route: `rule add from 172.16.130.144 lookup 10002`. A refresh only renews the expiry of a route. */
export type RuleOrRoute = Action<Change>;

export interface Actual {
  readonly rules: readonly Rule[];
  readonly routes: readonly Route[];
}

const diffRules = (desired: readonly RuleSpec[], actual: readonly Rule[]) => {
  const wanted = new Map(desired.map(rule => [ruleKey(rule), rule]));
  const missing = new Map(wanted);
  const action = (verb: 'add' | 'delete', key: string, rule: RuleSpec): RuleOrRoute => ({
    change: { action: verb, object: rule },
    key,
    contents: verb === 'add' ? 'rule' : '',
    get text() {
      return `rule ${verb} ${ruleText(rule)}`; // lazy: of thousands, few are shown
    },
    isRefresh: false,
  });
  const deletes: RuleOrRoute[] = [];
  for (const rule of actual) {
    if (rule.protocol !== OUR_PROTOCOL) continue;
    const key = ruleKey(rule);
    // A duplicate is no longer missing, so it is deleted.
    if (!missing.delete(key)) deletes.push(action('delete', key, rule));
  }
  return { adds: [...missing].map(([key, rule]) => action('add', key, rule)), deletes, keys: [...wanted.keys()] };
};

const diffRoutes = (desired: readonly RouteSpec[], actual: readonly Route[], nameOf: NameOf) => {
  const tables = new Set(desired.map(({ table }) => table));
  const ours = groupBy(
    actual.filter(({ protocol }) => protocol === OUR_PROTOCOL),
    routeKey,
  );
  const foreign = foreignRoutes(actual, tables);

  const action = (
    verb: 'add' | 'replace' | 'delete',
    key: string,
    route: RouteSpec,
    isRefresh = false,
  ): RuleOrRoute => ({
    change: { action: verb, object: route },
    key: `route ${key}`,
    contents: verb === 'delete' ? '' : routeContents(route),
    text: `route ${verb} ${routeText(route, nameOf)}`,
    isRefresh,
  });
  const sets: RuleOrRoute[] = [];
  const kept = new Set<Route>();
  const conflicts: Conflict[] = [];
  for (const route of desired) {
    const key = routeKey(route);
    const mine = ours.get(key) ?? [];
    const equal = mine.find(one => routeContents(one) === routeContents(route));
    const occupant = foreign.get(key);
    const keep = equal ?? (occupant === undefined ? mine[0] : undefined);
    if (keep !== undefined) kept.add(keep);
    if (equal !== undefined && isFresh(equal, route)) continue;
    if (occupant !== undefined) {
      const holder = `${routeText(occupant, nameOf)} (protocol ${occupant.protocol})`;
      conflicts.push({
        key: `route ${key}`,
        text: `route ${routeText(route, nameOf)}: blocked by existing route ${holder}`,
      });
    } else sets.push(action(keep === undefined ? 'add' : 'replace', key, route, equal !== undefined));
  }
  const deletes = [...ours].flatMap(([key, all]) =>
    all.filter(one => !kept.has(one)).map(one => action('delete', key, routeIdentity(one))),
  );
  return { sets, deletes, conflicts };
};

export type PolicyDiff = Omit<Plan<Change>, 'told'>;

/**
 * The changes that turn the actual into the desired, additions before deletions. Only rules and routes that carry our
 * mark are changed or deleted.
 */
export const diffPolicy = (desired: Policy, actual: Actual, nameOf: NameOf): PolicyDiff => {
  const rules = diffRules(desired.rules, actual.rules);
  const routes = diffRoutes(desired.routes, actual.routes, nameOf);
  return {
    actions: [...routes.sets, ...rules.adds, ...rules.deletes, ...routes.deletes],
    conflicts: [...(desired.taken ?? []), ...routes.conflicts, ...(desired.notices ?? [])],
    desired: new Map([
      ...rules.keys.map((key): [string, string] => [key, 'rule']),
      ...desired.routes.map((route): [string, string] => [`route ${routeKey(route)}`, routeContents(route)]),
    ]),
  };
};
