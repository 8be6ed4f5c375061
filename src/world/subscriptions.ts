import type { Subscriptions } from '../model/flow.js';
import type { World } from '../model/world.js';

/** Does anybody want events of routes, or of routing policy rules? */
export const wantsEvents = (
  { progress: { scripts, routesWanted } }: World,
  directory: 'routes.d' | 'rules.d',
): boolean => routesWanted || (scripts.get(directory) ?? 0) > 0;

/** Which kernel messages are needed: scripts in routes.d need routes, those in rules.d rules, policy rules both. */
export const subscriptions = (world: World): Subscriptions => {
  const isManaging = (world.config?.network.routingPolicyRules ?? []).length > 0;
  return { routes: isManaging || wantsEvents(world, 'routes.d'), rules: isManaging || wantsEvents(world, 'rules.d') };
};

export const sameSubscriptions = (a: Subscriptions, b: Subscriptions): boolean =>
  a.routes === b.routes && a.rules === b.rules;
