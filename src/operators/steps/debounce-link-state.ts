import { asyncScheduler, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { Stage } from '../../model/flow.js';
import type { Step } from '../../model/world.js';
import { joinKey, joinSteps } from '../../world/join.js';

interface Unsettled {
  readonly step: Step;
  readonly timer: Subscription;
}

/** What waits, and for which others: the states of a link, and each of its leases. */
const keyOf = (step: Step): string | undefined =>
  step.event.kind === 'link-state' || step.event.kind === 'lease' ? joinKey(step) : undefined;

const isOf = ({ event }: Step, ifindex: number): boolean => 'ifindex' in event && event.ifindex === ifindex;

/**
 * Waits until a link's state has been quiet for `DebounceSec` and joins what came meanwhile into one step. A plain
 * debounce would lose `routable` behind the `configured` that follows it.
 *
 * ```
 * steps    -a-b-c------|      a: carrier, b: routable, c: configured, all of one link; 3 frames of quiet
 * result   --------x---|      x: all three
 * ```
 * Each link waits on its own, and so does each lease; anything else, and what runs again, passes at once. A link that is back where it
 * was, and has lost nothing meanwhile, is no step. What waits of a link is told before its removal. With `DebounceSec=0` nothing waits.
 * Completion passes on what still waits, in the order of the ids.
 */
export const debounceLinkState =
  (scheduler: SchedulerLike = asyncScheduler): Stage =>
  source =>
    new Observable<Step>(out => {
      const unsettled = new Map<string, Unsettled>();
      const take = (key: string): Step | undefined => {
        const waiting = unsettled.get(key);
        if (waiting === undefined) return undefined;
        unsettled.delete(key);
        waiting.timer.unsubscribe();
        return waiting.step;
      };
      const settle = (key: string): void => {
        const settled = take(key);
        if (settled !== undefined) out.next(settled);
      };
      out.add(
        source.subscribe({
          next: step => {
            const { event } = step;
            const key = keyOf(step);
            if (key === undefined) {
              if (unsettled.size > 0 && event.kind === 'link' && event.action === 'removed')
                for (const [other, waiting] of unsettled) if (isOf(waiting.step, event.ifindex)) settle(other);
              out.next(step);
              return;
            }
            const quiet = (step.world.config?.events.debounceSec ?? 0) * 1000;
            const older = take(key);
            const joined = older === undefined ? step : joinSteps(older, step);
            if (joined === undefined) return;
            if (quiet === 0) {
              out.next(joined);
              return;
            }
            const timer = scheduler.schedule(() => settle(key), quiet);
            out.add(timer);
            unsettled.set(key, { step: joined, timer });
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
