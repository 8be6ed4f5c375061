import type { Interests } from '../model/flow.js';
import type { World } from '../model/world.js';

/** Does anybody want to be told what happens to routes? */
export const wantsRouteEvents = ({ progress: { scripts, routesWanted } }: World): boolean =>
  routesWanted || (scripts.get('routes.d') ?? 0) > 0;

/** What of the kernel's news somebody uses: scripts in routes.d use routes, policy rules use routes and rules. */
export const interests = (world: World): Interests => {
  const rules = (world.config?.network.routingPolicyRules ?? []).length > 0;
  return { routes: rules || wantsRouteEvents(world), rules };
};

export const sameInterests = (a: Interests, b: Interests): boolean => a.routes === b.routes && a.rules === b.rules;
