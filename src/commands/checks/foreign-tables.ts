import { forkJoin, map, mergeMap, of } from 'rxjs';
import type { World } from '../../model/world.js';
import { diffPolicy } from '../../sinks/policy/diff.js';
import { conflictFaults } from '../../sinks/policy/messages.js';
import { hasPolicy } from '../../sinks/policy/chosen.js';
import { planPolicy } from '../../sinks/policy/desired.js';
import { rtnetlink as kernel, type Rtnetlink } from '../../system/rtnetlink.js';
import { byLink } from '../../world/kernel/addresses.js';
import { emptyWorld } from '../../world/advance.js';
import { toAddress, toLink } from '../../model/wire/from-netlink.js';
import { type Check, found, ok, orUnread } from './finding.js';

const about = 'policy tables';

/** Does somebody else use a table that is to be ours, or a place in it? */
export const policyTables =
  (rtnetlink: Pick<Rtnetlink, 'links' | 'addresses' | 'routes' | 'rules'> = kernel): Check =>
  ({ config }) =>
    !hasPolicy({ config })
      ? of(ok(about, 'skipped: RoutingPolicyRules is not set'))
      : forkJoin({
          links: rtnetlink.links(),
          addresses: rtnetlink.addresses(),
          routes: rtnetlink.routes({}),
          rules: rtnetlink.rules(),
        }).pipe(
          map(({ links, addresses, routes, rules }) => {
            const world: World = {
              ...emptyWorld,
              config,
              kernel: {
                ...emptyWorld.kernel,
                links: new Map(links.map(link => [link.ifindex, toLink(link)])),
                addresses: byLink(addresses.map(toAddress)),
              },
            };
            const policy = planPolicy(world, routes, rules);
            return diffPolicy(policy, { routes, rules }, ifindex => world.kernel.links?.get(ifindex)?.name).conflicts;
          }),
          mergeMap(conflicts =>
            conflicts.length === 0 ? [ok(about, 'no one else uses them')] : conflictFaults(conflicts).map(found(about)),
          ),
          orUnread(about),
        );
