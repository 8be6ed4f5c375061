import type { Group, Message } from '@network-stack/netlink';
import {
  asyncScheduler,
  connect,
  defer,
  EMPTY,
  forkJoin,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  switchMap,
  tap,
  timer,
} from 'rxjs';
import { fault } from '../../model/fault.js';
import type { KernelSource } from '../../model/flow.js';
import type { Input, KernelChange } from '../../model/input.js';
import { conflateMap } from '../../operators/conflate-map.js';
import { kernelTables, type TableNames } from '../../model/route/route-text.js';
import type { KernelConnection, Rtnetlink } from '../../system/rtnetlink.js';
import { kernelChangesOf, toAddressAt, toLink } from '../../model/wire/from-netlink.js';
import { followRoutes, followSubscriptions } from './follow-subscriptions.js';
import { newestOfEach } from './newest-of-each.js';
import { createRouteNews, type RouteNews } from './route-news.js';

const NAME = 'kernel';
const always: readonly Group[] = ['link', 'ipv4-address', 'ipv6-address'];
/** How long to let a flood pass before everything is read again, in milliseconds. */
const RESYNC_DELAY_MS = 100;

const serving: Input = { kind: 'source', name: NAME, state: { is: 'serving', why: '' } };

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

const serve = (
  rtnetlink: Rtnetlink,
  connection: KernelConnection,
  routeNews: RouteNews,
  scheduler: SchedulerLike,
): Observable<Input> =>
  defer(() => {
    /** what came while a dump was under way: it may be newer than the dump, and has to follow it */
    let since: KernelChange[] | undefined;
    let overruns = 0;

    const news$ = connection.message$.pipe(
      mergeMap(batch => {
        const changes = kernelChangesOf(batch, routeNews, scheduler.now());
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
          const now = scheduler.now();
          const all: Input = {
            kind: 'kernel-dump',
            links: links.map(toLink),
            addresses: addresses.map(address => toAddressAt(now, address)),
            afterLoss,
          };
          return [all, ...kernelInput(later), serving];
        }),
      );
    const resync = (): Observable<Input> =>
      // Those that came before the last dump began are made good by it.
      (overruns === 0 ? EMPTY : timer(RESYNC_DELAY_MS, scheduler)).pipe(
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
  scheduler: SchedulerLike = asyncScheduler,
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
            serve(rtnetlink, connection, routeNews, scheduler),
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
