import type { Group, Message } from '@network-stack/netlink';
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
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  forkJoin,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  pairwise,
  startWith,
  switchMap,
  tap,
  timer,
} from 'rxjs';
import { fault } from '../../model/fault.js';
import type { Subscriptions, KernelSource } from '../../model/flow.js';
import type { Input, KernelChange } from '../../model/input.js';
import { conflateMap } from '../../operators/conflate-map.js';
import { kernelTables, type TableNames } from '../../model/route/route-text.js';
import type { KernelConnection, Rtnetlink } from '../../system/rtnetlink.js';
import { kernelChangesOf, toAddress, toLink } from '../../model/wire/from-netlink.js';
import { newestOfEach } from './newest-of-each.js';
import { createRouteNews, type RouteNews } from './route-news.js';
import { sameSubscriptions } from '../../world/subscriptions.js';

const NAME = 'kernel';
const always: readonly Group[] = ['link', 'ipv4-address', 'ipv6-address'];
const optional: readonly (readonly [keyof Subscriptions, readonly Group[]])[] = [
  ['routes', ['ipv4-route', 'ipv6-route']],
  ['rules', ['ipv4-rule', 'ipv6-rule']],
];
/** How long to let a flood pass before everything is read again, in milliseconds. */
const RESYNC_DELAY_MS = 100;

/** Whose routes are learned when routes begin to be listened to: those of routing daemons may be a million. */
const learned = [RTPROT_KERNEL, RTPROT_BOOT, RTPROT_STATIC, RTPROT_RA, RTPROT_DHCP];

const serving: Input = { kind: 'source', name: NAME, state: { is: 'serving', why: '' } };

/** Joined are the groups that somebody is interested in; no input comes of it. */
const followSubscriptions = (
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
const followRoutes = (
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

const kernelInput = (changes: readonly KernelChange[]): readonly Input[] =>
  changes.length === 0 ? [] : [{ kind: 'kernel', changes }];

const unreadable = (batch: readonly Message[]): readonly Input[] =>
  batch.flatMap(message =>
    message.kind === 'malformed'
      ? [
          {
            kind: 'fault',
            fault: fault('kernel-malformed', `the kernel sent a malformed message: ${message.reason}`),
          },
        ]
      : [],
  );

const serve = (rtnetlink: Rtnetlink, connection: KernelConnection, routeNews: RouteNews): Observable<Input> =>
  defer(() => {
    /** what came while a dump was under way: it may be newer than the dump, and has to follow it */
    let since: KernelChange[] | undefined;
    let overruns = 0;

    const news$ = connection.message$.pipe(
      mergeMap(batch => {
        const changes = kernelChangesOf(batch, routeNews.tell);
        if (since === undefined) return [...unreadable(batch), ...kernelInput(changes)];
        for (const change of changes) since.push(change);
        return unreadable(batch);
      }),
    );
    const dump = (afterLoss: boolean): Observable<Input> =>
      defer(() => {
        since = [];
        return forkJoin([rtnetlink.links(), rtnetlink.addresses()]);
      }).pipe(
        mergeMap(([links, addresses]): readonly Input[] => {
          // Everything that the dump shows was told before: now all of it is here, and the newest word on each object counts.
          connection.drain();
          const later = newestOfEach(since ?? []);
          since = undefined;
          const all: Input = {
            kind: 'kernel-dump',
            links: links.map(toLink),
            addresses: addresses.map(toAddress),
            afterLoss,
          };
          return [all, ...kernelInput(later), serving];
        }),
      );
    const resync = (): Observable<Input> =>
      // Those that came before the last dump began are made good by it.
      (overruns === 0 ? EMPTY : timer(RESYNC_DELAY_MS)).pipe(
        mergeMap(() => {
          const message = `the kernel's messages came faster than they were read, ${overruns} ${overruns === 1 ? 'time' : 'times'}; everything is read again`;
          overruns = 0;
          return merge(of<Input>({ kind: 'fault', fault: fault('kernel-overrun', message) }), dump(true));
        }),
      );
    const dump$ = merge(
      of(false),
      connection.overrun$.pipe(
        tap(() => (overruns += 1)),
        map(() => true),
      ),
    ).pipe(conflateMap(afterLoss => (afterLoss ? resync() : dump(false))));
    return merge(news$, dump$);
  });

/**
 * The kernel's links and addresses over rtnetlink(7), and routes and rules while somebody is interested in them:
 * subscribed first, then dumped, then merged. When the kernel had to drop messages, everything is dumped again; the World
 * tells the differences. `drain` hands on at once what the socket already holds.
 *
 * @param tables$ the names of routing tables, asked for with each configuration
 * @experimental
 */
export const rtnetlinkSource = (
  rtnetlink: Rtnetlink,
  tables$: Observable<TableNames> = of(kernelTables),
): KernelSource => {
  let open: KernelConnection | undefined;
  return {
    name: NAME,
    inputs: (config$, subscriptions$) =>
      rtnetlink.connect(always).pipe(
        switchMap(connection => {
          open = connection;
          const routeNews = createRouteNews();
          return merge(
            config$.pipe(
              switchMap(() => tables$),
              tap(routeNews.call),
              ignoreElements(),
            ),
            serve(rtnetlink, connection, routeNews),
            subscriptions$.pipe(
              connect(asked$ =>
                merge(followSubscriptions(connection, asked$), followRoutes(rtnetlink, connection, asked$, routeNews)),
              ),
            ),
          );
        }),
        tap({ finalize: () => (open = undefined) }),
      ),
    drain: () => open?.drain(),
  };
};
