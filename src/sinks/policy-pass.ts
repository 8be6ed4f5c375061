import { RTN_UNICAST } from '@network-stack/netlink/constants';
import { catchError, defer, EMPTY, forkJoin, from, map, mergeMap, type Observable, of, type SchedulerLike } from 'rxjs';
import { fault, type Report, toError } from '../model/fault.js';
import type { Outcome, PolicyState } from '../model/outcome.js';
import type { World } from '../model/world.js';
import { type Action, type Actual, diffPolicy, type Plan } from '../planners/policy-diff.js';
import { emptyMemory, type Failure, nextLook, remember, restrain, type Restrained } from '../planners/policy-memory.js';
import { appliedOf, conflictFaults, failureFaults, undoneFault } from '../planners/policy-report.js';
import { hasPolicy, planPolicy, type Policy } from '../planners/policy-rules.js';
import { policyTables } from '../planners/policy-standing.js';
import type { Refusal, Rtnetlink } from '../system/rtnetlink.js';
import { OUR_PROTOCOL } from '../world/from-kernel.js';

/** When the kernel could not be asked, in milliseconds. */
const UNREADABLE = 1000;

/** Everything that is looked at: unicast routes of all tables, and all rules. */
export const readPolicy = (rtnetlink: Rtnetlink): Observable<Actual> =>
  forkJoin({ routes: rtnetlink.routes({ type: RTN_UNICAST }), rules: rtnetlink.rules() });

/** Only what is ours. */
export const readOwn = (rtnetlink: Rtnetlink): Observable<Actual> =>
  forkJoin({ routes: rtnetlink.routes({ protocol: OUR_PROTOCOL }), rules: rtnetlink.rules() }).pipe(
    map(({ routes, rules }) => ({ routes, rules: rules.filter(({ protocol }) => protocol === OUR_PROTOCOL) })),
  );

/** Gone already is as good as deleted. */
export const isGone = ({ change }: Action, { code }: Refusal): boolean =>
  change.action === 'delete' && ['ESRCH', 'ENOENT', 'ENODEV'].includes(code);

/** Half the time of the route that ends first: main's may have been renewed by then, which the kernel does not tell. */
const soonestExpiry = ({ routes }: Policy): number =>
  Math.min(...routes.map(({ expires }) => (expires === undefined ? Infinity : Math.max(expires * 500, 1000))));

/** Looks at what there is, does what is missing, and says in how many milliseconds it wants to look again. */
export type Pass = (world: World, lookAgain: (ms: number) => void) => Observable<Outcome>;

/** One pass after another, over the memory of those before it. Never errs. */
export const createPass = (rtnetlink: Rtnetlink, report: Report, scheduler: SchedulerLike): Pass => {
  let memory = emptyMemory;
  let seen: Pick<World, 'links' | 'addresses'> | undefined;
  let unreadable = '';
  let said = '';

  /** Nothing, unless it is otherwise than before. */
  const state = (world: World, desired: Policy, plan: Plan, failures: readonly Failure[]): readonly PolicyState[] => {
    const now: PolicyState = {
      kind: 'policy',
      by: hasPolicy(world) ? 'this' : 'nobody',
      tables: policyTables(desired, memory, ifindex => world.links?.get(ifindex)?.name),
      conflicts: plan.conflicts.map(({ text }) => text),
      failures: failures.map(({ action, message }) => `${action.text}: ${message}`),
    };
    const before = said;
    said = JSON.stringify(now);
    return said === before ? [] : [now];
  };
  const tried = (
    world: World,
    desired: Policy,
    plan: Plan,
    restrained: Restrained,
    refusals: readonly (Refusal | undefined)[],
  ) => {
    const failures: Failure[] = [];
    const done = restrained.actions.filter((action, nth) => {
      const refusal = refusals[nth];
      if (refusal === undefined || isGone(action, refusal)) return true;
      failures.push({ action, message: refusal.message });
      return false;
    });
    const told = conflictFaults(plan.conflicts, memory.conflicts);
    const after = remember(restrained, plan, failures, scheduler.now());
    memory = after.memory;
    [...undoneFault(restrained.undone, restrained.deferred), ...told, ...failureFaults(after.tell)].forEach(report);
    const applied = appliedOf(done, ifindex => world.links?.get(ifindex)?.name);
    return [...applied, ...state(world, desired, plan, failures)];
  };

  return (world, lookAgain) =>
    defer(() => readPolicy(rtnetlink)).pipe(
      mergeMap(actual => {
        unreadable = '';
        const desired = planPolicy(world, actual.routes);
        const plan = diffPolicy(desired, actual, ifindex => world.links?.get(ifindex)?.name);
        const isExcused = seen?.links !== world.links || seen?.addresses !== world.addresses;
        seen = world;
        const restrained = restrain(memory, plan, isExcused, scheduler.now());
        const { actions } = restrained;
        const refusals$ = actions.length === 0 ? of([]) : rtnetlink.apply(actions.map(({ change }) => change));
        return refusals$.pipe(
          mergeMap(refusals => {
            const outcomes = tried(world, desired, plan, restrained, refusals);
            const now = scheduler.now();
            lookAgain(Math.min(nextLook(memory, now) - now, soonestExpiry(desired)));
            return from(outcomes);
          }),
        );
      }),
      catchError((error: unknown) => {
        const { message } = toError(error);
        if (message !== unreadable)
          report(
            fault('error', 'policy-unreadable', `policy rules are not looked after: ${message}; trying again`, error),
          );
        unreadable = message;
        lookAgain(UNREADABLE);
        return EMPTY;
      }),
    );
};
