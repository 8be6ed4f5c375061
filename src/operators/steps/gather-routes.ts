import { asyncScheduler, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { RouteEvent } from '../../model/event.js';
import type { Stage } from '../../model/flow.js';
import type { RouteChange } from '../../model/route/route.js';
import type { Step } from '../../model/world.js';

/** Length of the window, in milliseconds. */
const WINDOW_MS = 100;

interface Gathering {
  /** the newest step, whose event gets all the changes */
  step: Step;
  event: RouteEvent;
  readonly changes: RouteChange[];
  readonly timer: Subscription;
}

/**
 * Joins the route changes of a link that come within 100 ms of the first into one step: 100,000 routes start a handful
 * of scripts. Everything else passes at once.
 *
 * ```
 * steps    -r-s-l------|      r, s: route changes of one link, l: another event; a window of 5 frames
 * result   -----lx-----|      x: the changes of r and s
 * ```
 * What was gathered of a link is passed on before its removal, and all of it on completion.
 */
export const gatherRoutes =
  (scheduler: SchedulerLike = asyncScheduler, window = WINDOW_MS): Stage =>
  source =>
    new Observable<Step>(out => {
      const gatherings = new Map<number, Gathering>();
      const release = (ifindex: number): void => {
        const gathering = gatherings.get(ifindex);
        if (gathering === undefined) return;
        gatherings.delete(ifindex);
        gathering.timer.unsubscribe();
        out.remove(gathering.timer);
        out.next({ ...gathering.step, event: { ...gathering.event, changes: gathering.changes } });
      };
      out.add(
        source.subscribe({
          next: step => {
            const { event } = step;
            if (event.kind !== 'route') {
              if (event.kind === 'link' && event.action === 'removed') release(event.ifindex);
              out.next(step);
              return;
            }
            const gathering = gatherings.get(event.ifindex);
            if (gathering === undefined) {
              const timer = scheduler.schedule(() => release(event.ifindex), window);
              out.add(timer);
              gatherings.set(event.ifindex, { step, event, changes: [...event.changes], timer });
              return;
            }
            gathering.step = step;
            gathering.event = event;
            for (const change of event.changes) gathering.changes.push(change);
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            [...gatherings.keys()].forEach(release);
            out.complete();
          },
        }),
      );
    });
