import { connect, filter, groupBy, mergeMap, NEVER, type Observable, takeUntil } from 'rxjs';
import type { NetworkEvent } from '../../model/event.js';
import type { Stage } from '../../model/flow.js';
import type { Step } from '../../model/world.js';

const isEnd = (event: NetworkEvent): boolean => event.kind === 'link' && event.action === 'removed';

/** The link that an event is about; 0: none, or several. */
const linkOf = (event: NetworkEvent): number => ('ifindex' in event ? event.ifindex : 0);

/**
 * A stage of its own for each link: the events that `isFor` chooses go through their link's; all others pass at once.
 *
 * ```
 * steps    -a-b-o-s-----|      a, b: chosen, of one link, o: chosen, of another, s: not chosen; debounceTime(3)
 * result   ------bso----|      were it one stage for both, o would have replaced b
 * ```
 * That a link was removed is never chosen: it passes, and what the link's stage still held goes with the link.
 */
export const perLink = (isFor: (event: NetworkEvent) => boolean, stage: Stage): Stage =>
  connect(step$ => {
    const endOf = (ifindex: number): Observable<Step> =>
      step$.pipe(filter(({ event }) => isEnd(event) && linkOf(event) === ifindex));
    return step$.pipe(
      groupBy(({ event }) => (isFor(event) && !isEnd(event) ? linkOf(event) : 'other'), {
        duration: ({ key }) => (key === 'other' ? NEVER : endOf(key)),
      }),
      mergeMap(group => (group.key === 'other' ? group : group.pipe(stage, takeUntil(endOf(group.key))))),
    );
  });
