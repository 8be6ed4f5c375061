import type { PolicyTable } from '../../model/outcome.js';
import { routeKey, ruleKey } from './keys.js';
import type { Ours } from '../reconcile/target.js';
import { ifindexOf } from '../../world/policy-tables.js';
import { prefixText } from '../../model/route/route-text.js';
import type { World } from '../../model/world.js';
import type { Policy } from './rules-and-routes.js';

/** The part of the policy that is installed, by table number: without what failed, is deferred or is blocked. */
export const policyTables = ({ rules, routes }: Policy, ours: Ours, world: World): readonly PolicyTable[] => {
  const stand = rules.filter(rule => ours.has(ruleKey(rule)));
  const laid = routes.filter(route => ours.has(`route ${routeKey(route)}`));
  const tables = [...new Set([...stand, ...laid].flatMap(({ table }) => table ?? []))].sort((a, b) => a - b);
  return tables.map(table => {
    const own = stand.filter(rule => rule.table === table);
    const ifindex = ifindexOf(world, table);
    return {
      ifindex,
      link: world.kernel.links?.get(ifindex)?.name ?? '',
      table,
      addresses: own.flatMap(({ from }) => (from === undefined ? [] : [prefixText(from)])),
      rules: own.length,
      routes: laid.filter(route => route.table === table).length,
    };
  });
};
