import {
  asyncScheduler,
  catchError,
  combineLatest,
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  from,
  map,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  type SchedulerLike,
  skipWhile,
  tap,
} from 'rxjs';
import type { Report } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import type { World } from '../../model/world.js';
import { conflateRepeat } from '../../operators/conflate-repeat.js';
import { emptyMemory, inheriting, type Memory, nextLook, remember, rememberUnread, restrain } from './memory.js';
import type { Access, Failure, Target } from './target.js';

/**
 * Keeps a target as the World calls for it, by passes: what there is, is read; what differs is planned; the plan is carried
 * out. One pass at a time, never cancelled half-way; then the newest World that waited.
 *
 * - Only what carries our mark, or what we remember having made, is changed or withdrawn. At start, what an earlier run has
 *   left is adopted or withdrawn; on stop, things stay as they are.
 * - Actions are done in the order of the plan, and one failure does not keep the others from being done.
 * - "Already so" and "already gone" are success, `apply` sees to that. "There, with other contents, and not ours" is a
 *   conflict: told once, and left alone.
 * - A failure that may pass is tried again, each object in its own time (`retry`), and whenever there is a pass anyway; one that
 *   is final waits until something else is called for, or somebody else is there to be asked. Each is told once.
 * - What somebody undoes is put back at once the first time, then ever more slowly, and said.
 * - A new `access` (a service restarted, a lock was won) is a new pass, which takes nothing for granted that was made before.
 *
 * The memory of these things is one value, which each pass hands to the next. Never errs, unless a pure function throws.
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

      const known = (after: { readonly memory: Memory; readonly tell: readonly Failure<Change>[] }): void => {
        memory = after.memory;
        target.failed(after.tell).forEach(report);
      };
      const carryOut = (desired: Desired, access: Reached, actual: Actual): Observable<Outcome> => {
        const plan = target.diff(desired, actual, memory.ours, access);
        const restrained = restrain(memory, plan, access, scheduler.now());
        const { actions } = restrained;
        const results$ = actions.length === 0 ? of([]) : target.apply(access, actions);
        return results$.pipe(
          mergeMap(results => {
            const failures = actions.flatMap((action, nth) => {
              const refused = results[nth];
              return refused === undefined ? [] : [{ action, refused }];
            });
            const failed = new Set(failures.map(({ action }) => action));
            known(remember(restrained, plan, failures, access, target.retry, scheduler.now()));
            return from(target.applied(actions.filter(action => !failed.has(action))));
          }),
        );
      };
      const unread = (access: Reached) => (error: unknown) => {
        known(rememberUnread(memory, { refused: target.unreadable(error) }, access, target.retry, scheduler.now()));
        return EMPTY;
      };
      const pass = (
        [desired, access]: readonly [Desired, Reached | undefined],
        again: (ms: number) => void,
      ): Observable<Outcome> => {
        if (access === undefined) return EMPTY;
        return defer(() => target.actual(access, desired, memory.ours)).pipe(
          mergeMap(actual => carryOut(desired, access, actual)),
          catchError(unread(access)),
          tap({ complete: () => again(nextLook(memory, scheduler.now()) - scheduler.now()) }),
        );
      };

      return world$.pipe(
        filter(({ config }) => config !== undefined),
        distinctUntilChanged(target.isSameWorld),
        map((world, nth) => {
          if (nth === 0) memory = inheriting(target.inherited(world));
          return target.desired(world);
        }),
        distinctUntilChanged(target.isSame),
        skipWhile(desired => target.isNothing(desired) && memory.ours.size === 0),
        connect(desired$ => combineLatest([desired$, target.access(desired$)])),
        conflateRepeat(pass, scheduler),
      );
    });
