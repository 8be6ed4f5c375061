import type { Change } from '@network-stack/netlink';
import {
  asyncScheduler,
  catchError,
  EMPTY,
  exhaustMap,
  filter,
  map,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  startWith,
  take,
} from 'rxjs';
import { fault, type Report, toError } from '../../model/fault.js';
import type { Sink } from '../../model/flow.js';
import type { World } from '../../model/world.js';
import { coalesce } from '../../operators/coalesce.js';
import { untilEndOf } from '../../operators/until-end-of.js';
import type { NetnsLock } from '../../system/netns-lock.js';
import type { Rtnetlink } from '../../system/rtnetlink.js';
import { reconcile } from '../reconcile/reconcile.js';
import type { Retry, Target } from '../reconcile/target.js';
import { isGone, readOwn, readPolicy } from './actual.js';
import { hasPolicy } from './chosen.js';
import type { Actual } from './diff.js';
import { conflictFaults, failureFaults, undoneFault } from './messages.js';
import { type Lock, policyPlan } from './plan.js';
import { whenChanged } from './when-changed.js';

/** Changes within this window after the first are joined into one more pass, as soon as it is quiet. */
const WINDOW_MS = 50;
const QUIET_MS = 5;
/** A failure is retried after 0.1 s, 0.2 s … 5 minutes, and reported the second time: the link may just have gone. */
const MAX_RETRY_MS = 300_000;
const retry: Retry = { delay: times => Math.min(100 * 2 ** (times - 1), MAX_RETRY_MS), tellAt: 2 };
/** When the kernel could not be queried. */
const readAgain: Retry = { delay: () => 1000, tellAt: 1 };

/** Equal as long as neither the desired nor the actual can have changed. */
const isSameWorld = (a: World, b: World): boolean =>
  a.config?.network === b.config?.network &&
  a.config?.perLink === b.config?.perLink &&
  (a.kernel.links === undefined) === (b.kernel.links === undefined) &&
  (!hasPolicy(a) ||
    (a.kernel.links === b.kernel.links &&
      a.kernel.addresses === b.kernel.addresses &&
      a.leases.bound === b.leases.bound &&
      a.kernel.routeChanges === b.kernel.routeChanges &&
      a.kernel.ownChanges === b.kernel.ownChanges));

/** Requests the lock as soon as rules are configured. */
const lockWhenWanted =
  (lock: NetnsLock, report: Report) =>
  (world$: Observable<World>): Observable<Lock> =>
    world$.pipe(
      filter(hasPolicy),
      take(1),
      mergeMap(() => lock.hold()),
      map((isHeld): Lock => ({ id: isHeld ? 'held' : 'taken' })),
      catchError((error: unknown) => {
        report(fault('policy-unlocked', `policy rules are not managed: ${toError(error).message}`, error));
        return EMPTY;
      }),
      startWith<Lock>({ id: 'unasked' }),
      untilEndOf(world$),
    );

const target = (
  rtnetlink: Rtnetlink,
  lock: NetnsLock,
  report: Report,
  scheduler: SchedulerLike,
): Target<World, Lock, Actual, Change> => {
  /** Without rules to manage, what an earlier run left is removed, unless another broker owns it. */
  const leftovers$ = readOwn(rtnetlink).pipe(
    filter(({ rules, routes }) => rules.length + routes.length > 0),
    exhaustMap(() => lock.hold()),
    exhaustMap(isHeld => (isHeld ? readPolicy(rtnetlink) : EMPTY)),
  );
  return {
    name: 'policy rules',
    isSameWorld,
    desired: world => (world.kernel.links === undefined ? undefined : world),
    isSame: (a, b) => a === b,
    isNothing: () => false,
    inherited: () => new Map(),
    pace: coalesce(QUIET_MS, WINDOW_MS, scheduler),
    access: lockWhenWanted(lock, report),
    actual: ({ id }, world) => {
      if (id === 'taken') return of({ rules: [], routes: [] });
      if (id === 'held') return readPolicy(rtnetlink);
      return hasPolicy(world) ? EMPTY : leftovers$;
    },
    diff: policyPlan,
    apply: (_, actions) =>
      rtnetlink.apply(actions.map(({ change }) => change)).pipe(
        map(refusals =>
          actions.map((action, nth) => {
            const refusal = refusals[nth];
            if (refusal === undefined || isGone(action, refusal)) return undefined;
            return { message: refusal.message, isFinal: false };
          }),
        ),
      ),
    retry,
    unread: error => ({ refused: { message: toError(error).message, isFinal: false, error }, retry: readAgain }),
    failed: failureFaults,
    conflicting: conflictFaults,
    undone: undoneFault,
  };
};

export interface PolicyRulesOptions {
  readonly rtnetlink: Rtnetlink;
  readonly lock: NetnsLock;
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Keeps the routing policy rules and their tables as the World calls for them: at start, on every relevant change, when
 * somebody else changes what is ours, and every 5 minutes. Only the broker that holds the lock of the network namespace
 * does so; without RoutingPolicyRules= the lock is requested only to remove what an earlier run left. Rules stay when
 * the daemon stops.
 */
export const policyRulesSink = ({ rtnetlink, lock, scheduler = asyncScheduler }: PolicyRulesOptions): Sink => ({
  name: 'policy rules',
  consume: ({ world$ }, report) =>
    world$.pipe(reconcile(target(rtnetlink, lock, report, scheduler), report, scheduler), whenChanged()),
});
