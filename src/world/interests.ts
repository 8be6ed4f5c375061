import type { Interests } from '../model/flow.js';
import type { World } from '../model/world.js';

/** What of the kernel's news somebody uses: scripts in routes.d use routes, policy rules use routes and rules. */
export const interests = ({ scripts, config }: World): Interests => {
  const rules = (config?.network.routingPolicyRules ?? []).length > 0;
  return { routes: rules || (scripts.get('routes.d') ?? 0) > 0, rules };
};

export const sameInterests = (a: Interests, b: Interests): boolean => a.routes === b.routes && a.rules === b.rules;
