import type { Policy } from './rules-and-routes.js';
import { RT_SCOPE_LINK } from '@network-stack/netlink/constants';
import type { Route, Rule, RuleSpec } from '@network-stack/netlink';
import type { Address, Family } from '../../model/address.js';
import type { Link } from '../../model/link.js';
import type { World } from '../../model/world.js';
import { isUsable } from '../../world/kernel/addresses.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import { tableOf } from '../../world/policy-tables.js';
import { choosesLink } from '../../world/link-patterns.js';
import { familyNumber, insideLinks, mainNextHops } from './next-hops.js';
import { mainRefusals } from './refused.js';
import { tableRoutes } from './table.js';
import { takenTables, without } from './taken.js';
import { isLinkLocal, prefixOf } from '../../model/ip/prefix.js';

const families = ['ipv4', 'ipv6'] as const;

/** Does the configuration choose any links at all? */
export const hasPolicy = ({ config }: Pick<World, 'config'>): boolean =>
  (config?.network.routingPolicyRules ?? []).length > 0;

const policyLinks = ({ config, kernel: { links } }: World): readonly Link[] => {
  const patterns = config?.network.routingPolicyRules ?? [];
  return patterns.length === 0 ? [] : [...(links?.values() ?? [])].filter(link => choosesLink(patterns, link));
};

/** May somebody far away speak to it? */
const isGlobal = ({ address, scope }: Address): boolean => {
  const prefix = prefixOf(address);
  return scope < RT_SCOPE_LINK && prefix !== undefined && !isLinkLocal(prefix);
};

/** The addresses that get rules, each once: it may be on the link with several prefixes. */
const policyAddresses = (world: World, ifindex: number, family: Family): readonly string[] => [
  ...new Set(
    [...(world.kernel.addresses.get(ifindex)?.values() ?? [])]
      .filter(one => one.family === family && isUsable(one) && isGlobal(one))
      .map(({ address }) => address),
  ),
];

const rulesOf = (address: string, family: Family, table: number, priority: number): readonly RuleSpec[] => {
  const prefix = `${address}/${family === 'ipv4' ? 32 : 128}`;
  const rule = { kind: 'rule', family: familyNumber(family), table, priority, protocol: OUR_PROTOCOL } as const;
  return [
    { ...rule, from: prefix },
    { ...rule, to: prefix },
  ];
};

/**
 * The rules and routes that the World calls for: what comes in for an address of a chosen link is answered over that link.
 *
 * @param routes the main table's (others are not looked at)
 * @param rules all that there are: nothing is planned for a table that somebody else uses
 */
export const planPolicy = (world: World, routes: readonly Route[], rules: readonly Rule[]): Policy => {
  const chosen = policyLinks(world);
  const { config } = world;
  if (config === undefined || chosen.length === 0) return { rules: [], routes: [] };
  const hops = mainNextHops(routes);
  const refused = mainRefusals(routes, hops);
  const inside = insideLinks(world, hops, chosen);
  const priority = config.network.rulePriority;
  const each = chosen.flatMap(link =>
    families.map((family): Policy => {
      const addresses = policyAddresses(world, link.ifindex, family);
      if (addresses.length === 0) return { rules: [], routes: [] };
      const table = tableOf(world, link.ifindex);
      const isOfFamily = (route: Route): boolean => route.family === familyNumber(family);
      return {
        rules: addresses.flatMap(address => rulesOf(address, family, table, priority)),
        routes: tableRoutes(world, link, family, table, hops.filter(isOfFamily), refused.filter(isOfFamily), inside),
      };
    }),
  );
  const policy = { rules: each.flatMap(one => one.rules), routes: each.flatMap(one => one.routes) };
  return without(policy, takenTables(world, policy, rules));
};
