import type { Group } from '@network-stack/netlink';
import {
  RT_TABLE_MAIN,
  RTPROT_BOOT,
  RTPROT_DHCP,
  RTPROT_KERNEL,
  RTPROT_RA,
  RTPROT_STATIC,
} from '@network-stack/netlink/constants';
import {
  catchError,
  concat,
  distinctUntilChanged,
  EMPTY,
  ignoreElements,
  map,
  type Observable,
  of,
  pairwise,
  startWith,
  switchMap,
  tap,
} from 'rxjs';
import type { Subscriptions } from '../../model/flow.js';
import type { KernelConnection, Rtnetlink } from '../../system/rtnetlink.js';
import { sameSubscriptions } from '../../world/subscriptions.js';
import type { RouteNews } from './route-news.js';

const optional: readonly (readonly [keyof Subscriptions, readonly Group[]])[] = [
  ['routes', ['ipv4-route', 'ipv6-route']],
  ['rules', ['ipv4-rule', 'ipv6-rule']],
];
/** Whose routes are learned when routes begin to be listened to: those of routing daemons may be a million. */
const learned = [RTPROT_KERNEL, RTPROT_BOOT, RTPROT_STATIC, RTPROT_RA, RTPROT_DHCP];

/** Joined are the groups that somebody is interested in; no input comes of it. */
export const followSubscriptions = (
  connection: KernelConnection,
  subscriptions$: Observable<Subscriptions>,
): Observable<never> =>
  subscriptions$.pipe(
    startWith<Subscriptions>({ routes: false, rules: false }),
    distinctUntilChanged(sameSubscriptions),
    pairwise(),
    tap(([before, now]) => {
      for (const [topic, groups] of optional)
        if (before[topic] !== now[topic]) groups.forEach(now[topic] ? connection.join : connection.leave);
    }),
    ignoreElements(),
  );

/** What the routes of the main table are before they change; without it, a change only says what is so now. */
const learnRoutes = (rtnetlink: Rtnetlink, routeNews: RouteNews): Observable<never> =>
  concat(...learned.map(protocol => rtnetlink.routes({ table: RT_TABLE_MAIN, protocol }))).pipe(
    tap(routeNews.learn),
    ignoreElements(),
    catchError(() => EMPTY),
  );

/** While they are listened to, and anew after messages were lost. */
export const followRoutes = (
  rtnetlink: Rtnetlink,
  connection: KernelConnection,
  subscriptions$: Observable<Subscriptions>,
  routeNews: RouteNews,
): Observable<never> =>
  subscriptions$.pipe(
    map(({ routes }) => routes),
    distinctUntilChanged(),
    switchMap(routes =>
      routes
        ? connection.overrun$.pipe(
            startWith(undefined),
            map(() => true),
          )
        : of(false),
    ),
    switchMap(routes => {
      routeNews.forget();
      return routes ? learnRoutes(rtnetlink, routeNews) : EMPTY;
    }),
  );
