import { forkJoin, map, mergeMap, type Observable, of, take } from 'rxjs';
import { diffPolicy, type RuleOrRoute } from './diff.js';
import type { NetnsLock } from '../../system/netns-lock.js';
import type { Refusal, Rtnetlink } from '../../system/rtnetlink.js';
import { isGone, readOwn } from './actual.js';

/** What was removed of the rules and routes that carry our mark, and what was not. */
export interface Flushed {
  readonly removed: readonly RuleOrRoute[];
  readonly refused: readonly { readonly action: RuleOrRoute; readonly refusal: Refusal }[];
}

export interface PolicyFlushOptions {
  readonly rtnetlink: Rtnetlink;
  readonly lock: NetnsLock;
}

const removeOwn = (rtnetlink: Rtnetlink): Observable<Flushed> =>
  forkJoin({ own: readOwn(rtnetlink), links: rtnetlink.links() }).pipe(
    mergeMap(({ own, links }) => {
      const names = new Map(links.map(({ ifindex, name }) => [ifindex, name]));
      const { actions } = diffPolicy({ rules: [], routes: [] }, own, ifindex => names.get(ifindex));
      const refusals$ = actions.length === 0 ? of([]) : rtnetlink.apply(actions.map(({ change }) => change));
      return refusals$.pipe(
        map((refusals): Flushed => {
          const refused = actions.flatMap((action, nth) => {
            const refusal = refusals[nth];
            return refusal === undefined || isGone(action, refusal) ? [] : [{ action, refusal }];
          });
          const kept = new Set(refused.map(({ action }) => action));
          return { removed: actions.filter(action => !kept.has(action)), refused };
        }),
      );
    }),
  );

/** A broker looks after what is ours, unless there is nothing. */
const leaveOwn = (rtnetlink: Rtnetlink): Observable<Flushed | 'locked'> =>
  readOwn(rtnetlink).pipe(
    map(({ rules, routes }) => (rules.length + routes.length === 0 ? { removed: [], refused: [] } : 'locked')),
  );

/**
 * Removes all rules and routes that carry our mark, and nothing else, while holding the lock. `locked`: there are some, and a broker
 * holds it. Emits once; errors if the kernel cannot be queried.
 */
export const flushPolicy = ({ rtnetlink, lock }: PolicyFlushOptions): Observable<Flushed | 'locked'> =>
  lock.hold().pipe(
    mergeMap(isHeld => (isHeld ? removeOwn : leaveOwn)(rtnetlink)),
    take(1),
  );
