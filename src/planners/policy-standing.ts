import type { PolicyTable } from '../model/outcome.js';
import { routeKey, ruleKey } from './policy-keys.js';
import type { Memory } from './policy-memory.js';
import { ifindexOf, type Policy } from './policy-rules.js';
import type { NameOf } from './policy-text.js';

const bare = (prefix: string): string => prefix.slice(0, prefix.indexOf('/'));

/** What stands of the policy, by tables in their order: what failed, is held back or has its place taken does not. */
export const policyTables = (
  { rules, routes }: Policy,
  { standing }: Pick<Memory, 'standing'>,
  nameOf: NameOf,
): readonly PolicyTable[] => {
  const stand = rules.filter(rule => standing.has(ruleKey(rule)));
  const laid = routes.filter(route => standing.has(`route ${routeKey(route)}`));
  const tables = [...new Set([...stand, ...laid].flatMap(({ table }) => table ?? []))].sort((a, b) => a - b);
  return tables.map(table => {
    const own = stand.filter(rule => rule.table === table);
    const ifindex = ifindexOf(table);
    return {
      ifindex,
      link: nameOf(ifindex) ?? '',
      table,
      addresses: own.flatMap(({ from }) => (from === undefined ? [] : [bare(from)])),
      rules: own.length,
      routes: laid.filter(route => route.table === table).length,
    };
  });
};
