import { listAddresses, listLinks, listRoutes, listRules } from '@network-stack/netlink';
import { concat, NEVER, of, type Subscription } from 'rxjs';
import { createBroker } from '../../../src/broker.js';
import { configure } from '../../../src/config/configure.js';
import type { Outcome } from '../../../src/model/outcome.js';
import type { World } from '../../../src/model/world.js';
import { diffPolicy, type PolicyDiff } from '../../../src/sinks/policy/diff.js';
import { planPolicy } from '../../../src/sinks/policy/desired.js';
import { policyRulesSink } from '../../../src/sinks/policy/sink.js';
import { rtnetlinkSource } from '../../../src/sources/kernel/source.js';
import { netnsLock } from '../../../src/system/netns-lock.js';
import { rtnetlink } from '../../../src/system/rtnetlink.js';
import { byLink } from '../../../src/world/kernel/addresses.js';
import { emptyWorld } from '../../../src/world/advance.js';
import { toAddress, toLink } from '../../../src/model/wire/from-netlink.js';

const config = (links: string) =>
  configure({ system: { generator: ['rtnetlink'] }, network: { routingPolicyRules: [links] } });

/** The broker with nothing but the kernel and the policy rules, in this process and its network namespace. */
export const startOwn = (links: string, told: (outcome: Outcome) => void): Subscription =>
  createBroker({
    config$: concat(of(config(links)), NEVER),
    kernel: rtnetlinkSource(rtnetlink),
    sources: [],
    sinks: [policyRulesSink({ rtnetlink, lock: netnsLock('/run') })],
    start: emptyWorld,
  }).subscribe({
    next: told,
    error: (defect: unknown) => {
      throw defect;
    },
  });

/** What is still to be done, seen with fresh eyes: nothing, when actual = desired. */
export const remaining = async (links: string): Promise<PolicyDiff> => {
  const [allLinks, addresses, routes, rules] = await Promise.all([
    listLinks(),
    listAddresses(),
    listRoutes(),
    listRules(),
  ]);
  const world: World = {
    ...emptyWorld,
    config: config(links),
    kernel: {
      ...emptyWorld.kernel,
      links: new Map(allLinks.map(toLink).map(link => [link.ifindex, link])),
      addresses: byLink(addresses.map(toAddress)),
    },
  };
  return diffPolicy(
    planPolicy(world, routes, rules),
    { routes, rules },
    ifindex => world.kernel.links?.get(ifindex)?.name,
  );
};
