import {
  asyncScheduler,
  catchError,
  combineLatest,
  concat,
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  filter,
  from,
  identity,
  map,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  type SchedulerLike,
  skipWhile,
  takeWhile,
} from 'rxjs';
import type { Fault, Report } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import type { World } from '../../model/world.js';
import { conflateRepeat } from '../../operators/conflate-repeat.js';
import { emptyMemory, inheriting, nextLook, remember, rememberUnread, restrain } from './pass-memory.js';
import type { Access, Situation, Target } from './target.js';

type Again = (ms: number) => void;
/** Marks the end of a pass. */
const over = Symbol('over');

/**
 * Keeps a target as the World calls for it, in passes: read the actual state, plan the difference, apply the plan. One
 * pass at a time, never cancelled half-way; then the newest World that arrived meanwhile.
 *
 * - Only what carries our mark, or what we remember having made, is changed or withdrawn. At start, what an earlier run
 *   left is adopted or withdrawn; on stop, everything stays as it is.
 * - Actions are applied in the order of the plan, and a failure does not stop the rest.
 * - "Already so" and "already gone" are success (`apply` ensures this). "There, with other contents, and not ours" is a
 *   conflict: reported once and left alone.
 * - A transient failure is retried, each object in its own time (`retry`) and with every pass; a final one waits until
 *   something else is called for, or `access` changes. Each is reported once.
 * - What somebody undoes is put back at once the first time, then ever more slowly, and reported.
 * - A new `access` (a service restarted, the lock was acquired) starts a new pass, which does not rely on what was made
 *   before.
 *
 * All of this memory is one value, which each pass hands to the next. Never errors unless a pure function throws.
 */
export const reconcile =
  <Desired, Reached extends Access, Actual, Change>(
    target: Target<Desired, Reached, Actual, Change>,
    report: Report,
    scheduler: SchedulerLike = asyncScheduler,
  ): OperatorFunction<World, Outcome> =>
  world$ =>
    defer(() => {
      let memory = emptyMemory;
      let looked: { readonly desired: Desired; readonly from: number } | undefined;

      const tell = (faults: readonly Fault[] = []): void => faults.forEach(report);
      const carryOut = (situation: Situation<Desired, Reached, Actual>, again: Again): Observable<Outcome> => {
        const { access } = situation;
        const plan = target.diff(situation);
        const restrained = restrain(memory, plan, access, scheduler.now());
        const { actions, undone, deferred } = restrained;
        const results$ = actions.length === 0 ? of([]) : target.apply(access, actions);
        return results$.pipe(
          mergeMap(results => {
            const now = scheduler.now();
            const failures = actions.flatMap((action, nth) => {
              const refused = results[nth];
              return refused === undefined ? [] : [{ action, refused }];
            });
            const failed = new Set(failures.map(({ action }) => action));
            const after = remember(restrained, plan, failures, access, target.retry, now);
            memory = after.memory;
            if (undone.length > 0) tell(target.undone?.(undone, deferred));
            tell(target.conflicting?.(after.conflicts));
            tell(target.failed(after.tell));
            again(Math.min(nextLook(memory, now) - now, plan.rest ?? Infinity));
            const done = actions.filter(action => !failed.has(action));
            return from(plan.told(done, failures, memory.ours));
          }),
        );
      };
      const unread = (error: unknown, access: Reached, again: Again): Observable<never> => {
        const { refused, retry } = target.unread(error);
        const now = scheduler.now();
        const after = rememberUnread<Change>(memory, { refused }, access, retry, now);
        memory = after.memory;
        tell(target.failed(after.tell));
        again(nextLook(memory, now) - now);
        return EMPTY;
      };
      const pass = ([desired, access]: readonly [Desired, Reached | undefined], again: Again): Observable<Outcome> => {
        if (access === undefined) return EMPTY;
        return defer(() => target.actual(access, desired, memory.ours)).pipe(
          exhaustMap(actual => {
            const previous = looked?.desired;
            if (looked?.desired !== desired) looked = { desired, from: scheduler.now() };
            const since = scheduler.now() - looked.from;
            const situation = { desired, previous, since, access, actual, ours: memory.ours };
            return concat(carryOut(situation, again), of(over));
          }),
          takeWhile(outcome => outcome !== over),
          catchError((error: unknown) => unread(error, access, again)),
        );
      };

      return world$.pipe(
        filter(({ config }) => config !== undefined),
        distinctUntilChanged(target.isSameWorld),
        map((world, nth) => {
          if (nth === 0) memory = inheriting(target.inherited(world));
          return target.desired(world);
        }),
        filter(desired => desired !== undefined),
        distinctUntilChanged(target.isSame),
        skipWhile(desired => target.isNothing(desired) && memory.ours.size === 0),
        connect(desired$ => combineLatest([desired$.pipe(target.pace ?? identity), target.access(desired$)])),
        conflateRepeat(pass, scheduler),
      );
    });
