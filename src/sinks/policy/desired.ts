import { IFF_UP } from '@network-stack/netlink/constants';
import type { Route, Rule, RuleSpec } from '@network-stack/netlink';
import type { Family } from '../../model/address.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import type { World } from '../../model/world.js';
import { tableOf } from '../../world/policy-tables.js';
import { deliveredPrefixes, policyAddresses, policyLinks } from './chosen.js';
import { foreignRoutes } from './foreign-routes.js';
import { familyNumber, insideLinks, leadsOut, mainNextHops } from './routes/next-hops.js';
import { noDefault, precedingRules } from './notices.js';
import { mainRefusals } from './routes/refused.js';
import type { OfTable, Policy } from './rules-and-routes.js';
import { tableRoutes } from './table.js';
import { takenTables, without } from './taken.js';

const families = ['ipv4', 'ipv6'] as const;

const rulesOf = (prefix: string, family: Family, table: number, priority: number): readonly RuleSpec[] => {
  const rule = { kind: 'rule', family: familyNumber(family), table, priority, protocol: OUR_PROTOCOL } as const;
  return [
    { ...rule, from: prefix },
    { ...rule, to: prefix },
  ];
};

interface OfLink extends Policy {
  readonly lacks: readonly OfTable[];
}

/**
 * The rules and routes that the World calls for, so that traffic to an address of a chosen link is answered over that
 * link.
 *
 * @param routes every route of the host; those of main, of local delivery and of our tables are used
 * @param rules every rule of the host: nothing is planned for a table that somebody else uses
 */
export const planPolicy = (world: World, routes: readonly Route[], rules: readonly Rule[]): Policy => {
  const hops = mainNextHops(routes);
  const chosen = policyLinks(world, hops);
  const { config } = world;
  if (config === undefined || chosen.length === 0) return { rules: [], routes: [] };
  const refused = mainRefusals(routes, hops);
  const delivered = deliveredPrefixes(routes);
  const inside = insideLinks(world, hops);
  const foreign = foreignRoutes(routes, new Set(chosen.map(({ ifindex }) => tableOf(world, ifindex))));
  const each = families.flatMap(family => {
    const isOfFamily = (route: Route): boolean => route.family === familyNumber(family);
    const host = { hops: hops.filter(isOfFamily), refused: refused.filter(isOfFamily), inside, foreign };
    return chosen.map((link): OfLink => {
      const addresses = policyAddresses(world, link.ifindex, family);
      const prefixes = new Set([
        ...addresses.map(({ address }) => `${address}/${family === 'ipv4' ? 32 : 128}`),
        ...delivered.filter(one => one.oif === link.ifindex && isOfFamily(one)).map(({ destination }) => destination),
      ]);
      if (prefixes.size === 0) return { rules: [], routes: [], lacks: [] };
      const table = tableOf(world, link.ifindex);
      const held = tableRoutes(world, link, family, table, addresses, host);
      const isWithout = (link.flags & IFF_UP) !== 0 && !held.some(leadsOut);
      return {
        rules: [...prefixes].flatMap(prefix => rulesOf(prefix, family, table, config.network.rulePriority)),
        routes: held,
        lacks: isWithout ? [noDefault(table, link.name, family === 'ipv4' ? 'IPv4' : 'IPv6')] : [],
      };
    });
  });
  const policy = { rules: each.flatMap(one => one.rules), routes: each.flatMap(one => one.routes) };
  const taken = takenTables(world, policy, rules);
  const lacks = each.flatMap(one => one.lacks).filter(({ table }) => !taken.some(one => one.table === table));
  const notices = [...lacks, ...precedingRules(policy.rules, rules, config.network.rulePriority)];
  return { ...without(policy, taken), notices };
};
