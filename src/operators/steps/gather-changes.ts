import { asyncScheduler, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { NetworkEvent, RouteEvent, RuleEvent } from '../../model/event.js';
import { isRoute, isRule } from '../../model/event-guards.js';
import type { Stage } from '../../model/flow.js';
import type { Step } from '../../model/world.js';
import { type Lane, laneOf } from '../../world/lane.js';

/** Length of the window, in milliseconds. */
const WINDOW_MS = 100;

type Gathered = RouteEvent | RuleEvent;

interface Gathering {
  /** the newest step, whose event gets all the changes */
  step: Step;
  readonly events: Gathered[];
  readonly timer: Subscription;
}

/** The newest of these events, all of one kind, with the changes of all. */
const joined = (newest: NetworkEvent, events: readonly Gathered[]): NetworkEvent => {
  if (isRoute(newest)) return { ...newest, changes: events.filter(isRoute).flatMap(({ changes }) => changes) };
  if (isRule(newest)) return { ...newest, changes: events.filter(isRule).flatMap(({ changes }) => changes) };
  return newest;
};

/**
 * Joins the route changes of a link, and those of policy rules, that come within 100 ms of the first into one step: 100,000
 * routes start a handful of scripts. Everything else passes at once.
 *
 * ```
 * steps    -r-s-l------|      r, s: route changes of one link, l: another event; a window of 5 frames
 * result   -----lx-----|      x: the changes of r and s
 * ```
 * What was gathered of a link is passed on before its removal, and all of it on completion.
 */
export const gatherChanges =
  (scheduler: SchedulerLike = asyncScheduler, window = WINDOW_MS): Stage =>
  source =>
    new Observable<Step>(out => {
      const gatherings = new Map<Lane, Gathering>();
      const release = (lane: Lane): void => {
        const gathering = gatherings.get(lane);
        if (gathering === undefined) return;
        const { step, events, timer } = gathering;
        gatherings.delete(lane);
        timer.unsubscribe();
        out.next({ ...step, event: joined(step.event, events) });
      };
      out.add(
        source.subscribe({
          next: step => {
            const { event } = step;
            if (event.kind !== 'route' && event.kind !== 'rule') {
              if (event.kind === 'link' && event.action === 'removed') release(event.ifindex);
              out.next(step);
              return;
            }
            const lane = laneOf(event);
            const gathering = gatherings.get(lane);
            if (gathering === undefined) {
              const timer = scheduler.schedule(() => release(lane), window);
              out.add(timer);
              gatherings.set(lane, { step, events: [event], timer });
              return;
            }
            gathering.step = step;
            gathering.events.push(event);
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            [...gatherings.keys()].forEach(release);
            out.complete();
          },
        }),
      );
    });
