import { asyncScheduler, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { Stage } from '../../model/flow.js';
import type { Step } from '../../model/world.js';
import { joinSteps } from '../../world/join.js';

interface Unsettled {
  readonly step: Step;
  readonly timer: Subscription;
}

/**
 * Waits until a link's state has been quiet for `DebounceSec` and joins what came meanwhile into one step. A plain
 * debounce would lose `routable` behind the `configured` that follows it.
 *
 * ```
 * steps    -a-b-c------|      a: carrier, b: routable, c: configured, all of one link; 3 frames of quiet
 * result   --------x---|      x: all three
 * ```
 * Each link waits on its own; what is not a link's state, or runs again, passes at once. A link that is back where it was is no step.
 * With `DebounceSec=0` nothing waits. Completion passes on what still waits, in the order of the ids.
 */
export const debounceLinkState =
  (scheduler: SchedulerLike = asyncScheduler): Stage =>
  source =>
    new Observable<Step>(out => {
      const unsettled = new Map<number, Unsettled>();
      const take = (ifindex: number): Step | undefined => {
        const waiting = unsettled.get(ifindex);
        if (waiting === undefined) return undefined;
        unsettled.delete(ifindex);
        waiting.timer.unsubscribe();
        out.remove(waiting.timer);
        return waiting.step;
      };
      out.add(
        source.subscribe({
          next: step => {
            if (step.event.kind !== 'link-state' || step.event.rerun) {
              out.next(step);
              return;
            }
            const { ifindex } = step.event;
            const quiet = (step.world.config?.events.debounceSec ?? 0) * 1000;
            const older = take(ifindex);
            const joined = older === undefined ? step : joinSteps(older, step);
            if (joined === undefined) return;
            if (quiet === 0) {
              out.next(joined);
              return;
            }
            const timer = scheduler.schedule(() => {
              const settled = take(ifindex);
              if (settled !== undefined) out.next(settled);
            }, quiet);
            out.add(timer);
            unsettled.set(ifindex, { step: joined, timer });
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            const rest = [...unsettled.values()].map(({ step }) => step).sort((a, b) => a.id - b.id);
            rest.forEach(step => out.next(step));
            out.complete();
          },
        }),
      );
    });
