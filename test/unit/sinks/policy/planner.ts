/** What the planner makes of a host, as text. */
import type { Address } from '../../../../src/model/address.js';
import { addressKey } from '../../../../src/model/address.js';
import type { Lease } from '../../../../src/model/lease.js';
import type { Link } from '../../../../src/model/link.js';
import type { World } from '../../../../src/model/world.js';
import { diffPolicy } from '../../../../src/sinks/policy/diff.js';
import { planPolicy } from '../../../../src/sinks/policy/desired.js';
import { bound, config, link, world } from '../../../../src/testing/builders.js';
import { routeOf, ruleOf } from '../../../../src/testing/fake-kernel.js';

export const eth0 = link(2, 'eth0');
export const eth1 = link(3, 'eth1', 'lan');
export const docker0 = link(7, 'docker0');
export const lo: Link = { ...link(1, 'lo'), flags: 0x10049 };
export const all = [lo, eth0, eth1, docker0];

export interface Given {
  readonly links?: readonly Link[];
  readonly addresses: readonly Address[];
  /** the main table */
  readonly main?: readonly string[];
  readonly leases?: readonly (readonly [number, Lease])[];
  readonly rules?: string;
  readonly priority?: number;
  readonly base?: number;
  /** Gateway= of eth1 */
  readonly gateway?: readonly string[];
}

export const worldOf = ({
  links = all,
  addresses,
  leases = [],
  rules = 'eth1',
  priority = 9999,
  base = 9999,
  gateway,
}: Given): World => {
  const byLink = new Map<number, Map<string, Address>>();
  for (const one of addresses) byLink.set(one.ifindex, new Map(byLink.get(one.ifindex)).set(addressKey(one), one));
  return world(
    links,
    config({
      network: { routingPolicyRules: rules.split(' ').filter(Boolean), rulePriority: priority, tableBase: base },
      perLink:
        gateway === undefined ? [] : [{ patterns: ['eth1'], gateway, domains: undefined, dnsDefaultRoute: undefined }],
    }),
    {
      kernel: { addresses: byLink },
      leases: { bound: bound(...leases) },
    },
  );
};

/** What is done on a host that has nothing of ours yet. */
export const plan = (given: Given): readonly string[] => {
  const inWorld = worldOf(given);
  const routes = (given.main ?? []).map(routeOf);
  const nameOf = (ifindex: number) => inWorld.kernel.links?.get(ifindex)?.name;
  return diffPolicy(planPolicy(inWorld, routes, []), { rules: [], routes }, nameOf).actions.map(({ text }) => text);
};

/** What is said of the tables and of rules of others. */
export const said = (given: Given, others: readonly string[] = []) =>
  (planPolicy(worldOf(given), (given.main ?? []).map(routeOf), others.map(ruleOf)).notices ?? []).map(
    ({ text }) => text,
  );
