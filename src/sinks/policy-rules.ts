import {
  asyncScheduler,
  catchError,
  combineLatest,
  concat,
  connect,
  distinctUntilChanged,
  EMPTY,
  endWith,
  exhaustMap,
  filter,
  ignoreElements,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  startWith,
  Subject,
  switchMap,
  take,
  takeUntil,
  takeWhile,
  timer,
} from 'rxjs';
import { fault, toError } from '../model/fault.js';
import type { Sink } from '../model/flow.js';
import type { Outcome } from '../model/outcome.js';
import type { World } from '../model/world.js';
import { joinFollowing } from '../operators/join-following.js';
import { newestMap } from '../operators/newest-map.js';
import { hasPolicy } from '../planners/policy-rules.js';
import type { NetnsLock } from '../system/netns-lock.js';
import type { Rtnetlink } from '../system/rtnetlink.js';
import { createPass, readOwn } from './policy-pass.js';

/** Milliseconds. What follows a change so soon is joined into one more pass, as soon as it is quiet. */
const JOIN = 50;
const QUIET = 5;
/** After any change, once more: the kernel tells of a link before it removes the routes, and of these not at all. */
const SETTLED = 1000;
const CHECK = 300_000;

/** Equal as long as neither what should be nor what is there can have changed. */
const isSame = (a: World, b: World): boolean =>
  a.config?.network === b.config?.network &&
  (!hasPolicy(a) ||
    (a.links === b.links &&
      a.addresses === b.addresses &&
      a.bound === b.bound &&
      a.routeChanges === b.routeChanges &&
      a.ownChanges === b.ownChanges));

export interface PolicyRulesOptions {
  readonly rtnetlink: Rtnetlink;
  readonly lock: NetnsLock;
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Keeps the routing policy rules and their tables as the World calls for them: at start, at every change of it, when
 * somebody else changes what is ours, and every 5 minutes. One broker of a network namespace does so, the one that holds
 * the lock; without RoutingPolicyRules= it is asked for only to remove what an earlier run left. On stop, rules stay.
 */
export const policyRulesSink = ({ rtnetlink, lock, scheduler = asyncScheduler }: PolicyRulesOptions): Sink => ({
  name: 'policy rules',
  consume: ({ world$ }, report) => {
    const pass = createPass(rtnetlink, report, scheduler);
    const ask$ = new Subject<void>();
    const look$ = new Subject<number>();
    /** the World of the newest pass, and when all that comes with it will have happened */
    let seen: World | undefined;
    let settledAt = 0;
    let isTaken = false;

    const tellTaken = (world: World): Observable<Outcome> => {
      if (isTaken === hasPolicy(world)) return EMPTY;
      isTaken = !isTaken;
      const message = `another network-broker looks after the policy rules of this network namespace; this one leaves them alone until the other one stops`;
      if (isTaken) report(fault('warn', 'policy-locked', message));
      return of({ kind: 'policy', by: isTaken ? 'another' : 'nobody', tables: [], conflicts: [], failures: [] });
    };
    const reconcile = (world: World): Observable<Outcome> => {
      const now = scheduler.now();
      if (seen !== world) settledAt = now + SETTLED;
      seen = world;
      const rest = hasPolicy(world) ? (now < settledAt ? settledAt - now : CHECK) : Infinity;
      return pass(world, ms => look$.next(Math.min(ms, rest)));
    };
    /** Without rules to look after, what an earlier run left is removed; if another broker is there, it is its own. */
    const removeOwn = (world: World): Observable<Outcome> =>
      readOwn(rtnetlink).pipe(
        filter(({ rules, routes }) => rules.length + routes.length > 0),
        mergeMap(() => lock.hold()),
        exhaustMap(isHeld => concat(isHeld ? reconcile(world) : EMPTY, of('done' as const))),
        takeWhile((outcome): outcome is Outcome => outcome !== 'done'),
        catchError((error: unknown) => {
          const message = `what an earlier run left of policy rules was not removed: ${toError(error).message}`;
          report(fault('warn', 'policy-unreadable', message, error));
          return EMPTY;
        }),
      );
    const askForLock = (): Observable<never> => {
      ask$.next();
      return EMPTY;
    };

    return world$.pipe(
      filter(({ config, links }) => config !== undefined && links !== undefined),
      distinctUntilChanged(isSame),
      connect(news$ => {
        const end$ = news$.pipe(ignoreElements(), endWith(undefined));
        return combineLatest([
          news$.pipe(joinFollowing(QUIET, JOIN, scheduler)),
          ask$.pipe(
            take(1),
            mergeMap(() => lock.hold()),
            catchError((error: unknown) => {
              report(
                fault('error', 'policy-locked', `policy rules are not looked after: ${toError(error).message}`, error),
              );
              return EMPTY;
            }),
            startWith(undefined),
            takeUntil(end$),
          ),
          look$.pipe(
            switchMap(ms => (ms === Infinity ? EMPTY : timer(ms, scheduler))),
            startWith(undefined),
            takeUntil(end$),
          ),
        ]);
      }),
      newestMap(([world, isHeld]) => {
        if (isHeld === undefined) return hasPolicy(world) ? askForLock() : removeOwn(world);
        return isHeld ? reconcile(world) : tellTaken(world);
      }),
    );
  },
});
