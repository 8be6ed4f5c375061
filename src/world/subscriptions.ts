import type { Subscriptions } from '../model/flow.js';
import type { World } from '../model/world.js';

/** Does anybody want to be told what happens to routes, or to routing policy rules? */
export const wantsEvents = (
  { progress: { scripts, routesWanted } }: World,
  directory: 'routes.d' | 'rules.d',
): boolean => routesWanted || (scripts.get(directory) ?? 0) > 0;

/** What of the kernel's news somebody uses: scripts in routes.d and rules.d, and policy rules both. */
export const subscriptions = (world: World): Subscriptions => {
  const isManaging = (world.config?.network.routingPolicyRules ?? []).length > 0;
  return { routes: isManaging || wantsEvents(world, 'routes.d'), rules: isManaging || wantsEvents(world, 'rules.d') };
};

export const sameSubscriptions = (a: Subscriptions, b: Subscriptions): boolean =>
  a.routes === b.routes && a.rules === b.rules;
