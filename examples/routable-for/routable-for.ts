import { asyncScheduler, EMPTY, map, type SchedulerLike, switchMap, timer } from 'rxjs';
import { isLinkState, type NetworkEvent, perLink, type Stage } from 'network-event-broker';

const operationalState = (event: NetworkEvent): string | undefined =>
  isLinkState(event) ? event.changed.OperationalState : undefined;

/**
 * An operational state of a link passes only if it is `routable`, and when it has lasted so many milliseconds. Everything
 * that says nothing of the operational state passes at once.
 *
 *     steps    -r-d---r-------|      r: routable, d: degraded, of one link; 5 ms
 *     result   ------------r--|
 */
export const routableFor = (span: number, scheduler: SchedulerLike = asyncScheduler): Stage =>
  perLink(
    event => operationalState(event) !== undefined,
    switchMap(step =>
      operationalState(step.event) === 'routable' ? timer(span, scheduler).pipe(map(() => step)) : EMPTY,
    ),
  );
