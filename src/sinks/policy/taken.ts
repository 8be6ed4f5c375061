import type { Rule, RuleSpec } from '@network-stack/netlink';
import type { World } from '../../model/world.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import { presentLinks } from '../../world/links.js';
import { ifindexOf } from '../../world/policy-tables.js';
import { ruleKey } from './keys.js';
import type { OfTable, Policy } from './rules-and-routes.js';
import { ruleText } from './text.js';

const remedy = 'delete it, give it another table, or move ours with TableBase=';

/** Equal for rules that send the same packets to the same table, whatever their priority. */
const sends = (rule: RuleSpec): string => ruleKey({ ...rule, priority: 0 });

/**
 * The tables that others use: by a rule that sends packets there which none of ours does, or for a VRF. Their routes do
 * not count: a route conflicts only with one of ours that has the same key.
 *
 * @param actual every rule of the host
 */
export const takenTables = (world: World, desired: Policy, actual: readonly Rule[]): readonly OfTable[] => {
  const tables = new Set(desired.rules.map(({ table }) => table));
  const ours = new Set(desired.rules.map(sends));
  const taken = (table: number, what: string): OfTable => {
    const of = world.kernel.links?.get(ifindexOf(world, table))?.name ?? '';
    const text = `table ${table} of ${of} is left empty: it is used by ${what}`;
    return { key: `table ${table} ${what}`, table, text, remedy };
  };
  return [
    ...actual
      .filter(rule => rule.protocol !== OUR_PROTOCOL && tables.has(rule.table) && !ours.has(sends(rule)))
      .map(rule => taken(rule.table, `rule ${ruleText(rule)} (protocol ${rule.protocol})`)),
    ...presentLinks(world).flatMap(({ name, vrfTable }) =>
      vrfTable === undefined || !tables.has(vrfTable) ? [] : [taken(vrfTable, `VRF ${name}`)],
    ),
  ];
};

/** The policy without these tables. */
export const without = ({ rules, routes }: Policy, taken: readonly OfTable[]): Policy => {
  const tables = new Set(taken.map(({ table }) => table));
  const isFree = ({ table }: { readonly table?: number | undefined }): boolean =>
    table === undefined || !tables.has(table);
  return { rules: rules.filter(isFree), routes: routes.filter(isFree), taken };
};
