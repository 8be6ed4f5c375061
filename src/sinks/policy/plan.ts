import type { Change } from '@network-stack/netlink';
import type { World } from '../../model/world.js';
import type { Access, Plan, Situation } from '../reconcile/target.js';
import { hasPolicy } from './chosen.js';
import { planPolicy } from './desired.js';
import type { Policy } from './rules-and-routes.js';
import { type Actual, diffPolicy } from './diff.js';
import { appliedOf } from './messages.js';
import { policyTables } from './installed.js';

/** Whether this broker acts on the network namespace; a lock is asked for only while there is something to do. */
export interface Lock extends Access {
  readonly id: 'unasked' | 'held' | 'taken';
}

/** After any change once more, for the kernel tells of a link before it removes the routes, and of these not at all. */
const SETTLED_MS = 1000;
/** And now and then, whatever is told. */
const CHECK_INTERVAL_MS = 300_000;

/** Half the time of the route that ends first: main's may have been renewed by then, which the kernel does not tell. */
const soonestExpiry = ({ routes }: Policy): number =>
  Math.min(...routes.map(({ expires }) => (expires === undefined ? Infinity : Math.max(expires * 500, 1000))));

const taken =
  'another network-broker manages the policy rules of this network namespace; this one takes over when it stops';

const nothing: Plan<Change> = { actions: [], conflicts: [], desired: new Map(), told: () => [] };

/** Another broker has the lock: nothing is done, and that is told while rules are asked for. */
const leftAlone = (world: World): Plan<Change> => {
  const by = hasPolicy(world) ? 'another' : 'nobody';
  return {
    ...nothing,
    conflicts: by === 'another' ? [{ key: 'lock', text: taken, code: 'policy-locked' }] : [],
    told: () => [{ kind: 'policy', by, tables: [], conflicts: [], failures: [] }],
  };
};

/** What a pass does. */
export const policyPlan = (situation: Situation<World, Lock, Actual>): Plan<Change> => {
  const { desired: world, previous, since, access, actual } = situation;
  if (access.id === 'taken') return leftAlone(world);
  const nameOf = (ifindex: number): string | undefined => world.kernel.links?.get(ifindex)?.name;
  const policy = planPolicy(world, actual.routes, actual.rules);
  const plan = diffPolicy(policy, actual, nameOf);
  // With a link or an address the kernel itself removes routes.
  const isExcused =
    previous?.kernel.links !== world.kernel.links || previous?.kernel.addresses !== world.kernel.addresses;
  const rest = hasPolicy(world) ? (since < SETTLED_MS ? SETTLED_MS - since : CHECK_INTERVAL_MS) : Infinity;
  return {
    ...plan,
    isUnsettled: since < SETTLED_MS,
    actions: isExcused
      ? plan.actions.map(action => (action.change.object.kind === 'route' ? { ...action, isExcused } : action))
      : plan.actions,
    rest: Math.min(rest, soonestExpiry(policy)),
    told: (done, failures, ours) => [
      ...appliedOf(done, world),
      {
        kind: 'policy',
        by: hasPolicy(world) ? 'this' : 'nobody',
        tables: policyTables(policy, ours, world),
        conflicts: plan.conflicts.map(({ text }) => text),
        failures: failures.map(({ action, refused }) => `${action?.text ?? ''}: ${refused.message}`),
      },
    ],
  };
};
