import { RT_SCOPE_LINK, RT_TABLE_LOCAL, RTN_LOCAL, RTPROT_KERNEL } from '@network-stack/netlink/constants';
import type { Route } from '@network-stack/netlink';
import type { Address, Family } from '../../model/address.js';
import type { Link } from '../../model/link.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import type { World } from '../../model/world.js';
import { isUsable } from '../../world/kernel/addresses.js';
import { choosesLink } from '../../world/link-patterns.js';
import { addressesOf, presentLinks } from '../../world/links.js';
import { isDefault, isOfOneLink, type NextHop } from './routes/next-hops.js';

/** Does the configuration choose any links? */
export const hasPolicy = ({ config }: Pick<World, 'config'>): boolean =>
  (config?.network.routingPolicyRules ?? []).length > 0;

/**
 * The links that get rules: those that the configuration chooses, and with a link its macvlans that have no router of
 * their own (keepalived's use_vmac), unless they are excluded.
 */
export const policyLinks = ({ config, kernel }: World, hops: readonly NextHop[]): readonly Link[] => {
  const patterns = config?.network.routingPolicyRules ?? [];
  if (patterns.length === 0) return [];
  const excluding = patterns.filter(pattern => pattern.startsWith('!'));
  const isWithParent = (link: Link): boolean => {
    const parent = link.macvlanOf === undefined ? undefined : kernel.links?.get(link.macvlanOf);
    if (parent === undefined || !choosesLink(patterns, parent) || !choosesLink(excluding, link)) return false;
    return !hops.some(hop => hop.oif === link.ifindex && isDefault(hop));
  };
  return presentLinks({ kernel }).filter(link => choosesLink(patterns, link) || isWithParent(link));
};

/** The addresses of a link that can be reached from beyond it. */
export const policyAddresses = (world: World, ifindex: number, family: Family): readonly Address[] =>
  addressesOf(world, ifindex).filter(
    one => one.family === family && isUsable(one) && one.scope < RT_SCOPE_LINK && !isOfOneLink(one.address),
  );

/** Prefixes that others deliver locally for a link, by routes in the table local, as agents of load balancers do. */
export const deliveredPrefixes = (routes: readonly Route[]): readonly Route[] =>
  routes.filter(
    ({ type, table, protocol, destination }) =>
      type === RTN_LOCAL &&
      table === RT_TABLE_LOCAL &&
      protocol !== RTPROT_KERNEL &&
      protocol !== OUR_PROTOCOL &&
      !isOfOneLink(destination),
  );
