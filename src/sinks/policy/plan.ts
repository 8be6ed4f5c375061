import type { Change } from '@network-stack/netlink';
import type { World } from '../../model/world.js';
import type { Access, Plan, Situation } from '../reconcile/target.js';
import { hasPolicy } from './chosen.js';
import { planPolicy } from './desired.js';
import type { Policy } from './rules-and-routes.js';
import { type Actual, diffPolicy } from './diff.js';
import { appliedOf } from './messages.js';
import { policyTables } from './installed.js';

/** Whether this broker manages the network namespace; the lock is requested only when there is something to do. */
export interface Lock extends Access {
  readonly id: 'unasked' | 'held' | 'taken';
}

/**
 * Look again after any change: the kernel reports a link before it removes the link's routes, and does not report these
 * at all.
 */
const SETTLED_MS = 1000;
/** Look at least this often, whatever is reported. */
const CHECK_INTERVAL_MS = 300_000;

/**
 * Half the remaining time of the route that expires first: main's may be renewed by then, which the kernel does not
 * report.
 */
const soonestExpiry = ({ routes }: Policy): number =>
  Math.min(...routes.map(({ expires }) => (expires === undefined ? Infinity : Math.max(expires * 500, 1000))));

const taken =
  'another network-broker manages the policy rules of this network namespace; this one takes over when it stops';

const nothing: Plan<Change> = { actions: [], conflicts: [], desired: new Map(), told: () => [] };

/** Another broker has the lock: do nothing, and say so while rules are configured. */
const leftAlone = (world: World): Plan<Change> => {
  const by = hasPolicy(world) ? 'another' : 'nobody';
  return {
    ...nothing,
    conflicts: by === 'another' ? [{ key: 'lock', text: taken, code: 'policy-locked' }] : [],
    told: () => [{ kind: 'policy', by, wanted: 0, tables: [], conflicts: [], failures: [] }],
  };
};

/** The plan of one pass. */
export const policyPlan = (situation: Situation<World, Lock, Actual>): Plan<Change> => {
  const { desired: world, previous, since, access, actual } = situation;
  if (access.id === 'taken') return leftAlone(world);
  const nameOf = (ifindex: number): string | undefined => world.kernel.links?.get(ifindex)?.name;
  const policy = planPolicy(world, actual.routes, actual.rules);
  const plan = diffPolicy(policy, actual, nameOf);
  // The kernel itself removes routes along with a link or an address.
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
        wanted: policy.rules.length,
        tables: policyTables(policy, ours, world),
        conflicts: plan.conflicts.map(({ text }) => text),
        failures: failures.map(({ action, refused }) => `${action?.text ?? ''}: ${refused.message}`),
      },
    ],
  };
};
