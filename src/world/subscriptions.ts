import type { Subscriptions } from '../model/flow.js';
import type { World } from '../model/world.js';

/** Does anybody want to be told what happens to routes? */
export const wantsRouteEvents = ({ progress: { scripts, routesWanted } }: World): boolean =>
  routesWanted || (scripts.get('routes.d') ?? 0) > 0;

/** What of the kernel's news somebody uses: scripts in routes.d use routes, policy rules use routes and rules. */
export const subscriptions = (world: World): Subscriptions => {
  const rules = (world.config?.network.routingPolicyRules ?? []).length > 0;
  return { routes: rules || wantsRouteEvents(world), rules };
};

export const sameSubscriptions = (a: Subscriptions, b: Subscriptions): boolean =>
  a.routes === b.routes && a.rules === b.rules;
