import {
  asyncScheduler,
  catchError,
  combineLatest,
  concat,
  concatMap,
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  endWith,
  filter,
  from,
  ignoreElements,
  map,
  type Observable,
  of,
  retry,
  type SchedulerLike,
  skipWhile,
  switchMap,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import { fault, toError } from '../model/fault.js';
import type { Sink } from '../model/flow.js';
import type { Outcome } from '../model/outcome.js';
import type { World } from '../model/world.js';
import { nameOwner } from '../operators/name-owner.js';
import { newestMap } from '../operators/newest-map.js';
import { type DnsAction, dnsText, type Via } from '../planners/dns.js';
import {
  type DesiredDns,
  desiredDns,
  type DnsMemory,
  inheritedDns,
  isSameDesire,
  reconcileDns,
  withDone,
} from '../planners/dns-memory.js';
import { sameLeases } from '../world/leases.js';
import type { Bus, BusConnection } from '../system/bus.js';
import { dnsCall, errorName, explained, isTransient, services } from './dns-call.js';

/** A failure that may pass is tried again so often, a second apart. */
const RETRIES = 2;
const BREATH = 1000;
const LONGEST_DELAY = 30_000;

interface Peer {
  readonly via: Via;
  readonly connection: BusConnection;
  /** undefined: it is not on the bus */
  readonly owner: string | undefined;
}

/**
 * Gives links the DNS servers and domains of dhclient's leases, over systemd-resolved or, with DNSVia=networkd, over
 * systemd-networkd: set, changed and withdrawn as leases come and go; set again when the service restarts. Only what was
 * set here is ever withdrawn. A refusal is explained once and not tried again until something else is wanted.
 */
export const resolvedSink = (bus: Bus, scheduler: SchedulerLike = asyncScheduler): Sink => ({
  name: 'dns',
  consume: ({ world$ }, report) => {
    let memory: DnsMemory = new Map();
    /** What the last run set is ours, too: it may have to be withdrawn. */
    const inherit = ({ config, actedLeases }: World): void => {
      memory = inheritedDns(desiredDns({ config, bound: actedLeases }));
    };
    let lastPeer: Peer | undefined;

    const peer$ = (via: Via): Observable<Peer> =>
      bus.connection$.pipe(
        switchMap(connection =>
          nameOwner(connection, services[via].name).pipe(map((owner): Peer => ({ via, connection, owner }))),
        ),
        retry({
          delay: (_, count) => timer(Math.min(100 * 2 ** count, LONGEST_DELAY), scheduler),
          resetOnSuccess: true,
        }),
      );
    const done = (action: DnsAction, isRefused: boolean): void => {
      memory = withDone(memory, action, isRefused);
    };
    const perform =
      (connection: BusConnection) =>
      (action: DnsAction): Observable<Outcome> =>
        concat(
          defer(() => connection.call(dnsCall(action))).pipe(
            retry({
              count: RETRIES,
              delay: error => (isTransient(error) ? timer(BREATH, scheduler) : throwError(() => toError(error))),
            }),
            ignoreElements(),
          ),
          defer((): Observable<Outcome> => {
            done(action, false);
            return of({ kind: 'applied', ifindex: action.ifindex, message: dnsText(action) });
          }),
        ).pipe(
          catchError((error: unknown) => {
            if (errorName(error) === 'NoSuchLink') done(action, false);
            else {
              if (!isTransient(error)) done(action, true);
              report(fault('error', 'dns-refused', explained(error, action), error));
            }
            return EMPTY;
          }),
        );
    const reconcile = ([desired, peer]: readonly [DesiredDns, Peer]): Observable<Outcome> =>
      defer(() => {
        if (peer.owner === undefined || peer.via !== desired.via) return EMPTY;
        const isAnother = lastPeer?.owner !== peer.owner || lastPeer.connection !== peer.connection;
        if (isAnother) memory = new Map([...memory].map(([ifindex, ours]) => [ifindex, { ...ours, isSure: false }]));
        lastPeer = peer;
        return from(reconcileDns(memory, desired)).pipe(concatMap(perform(peer.connection)));
      });

    return world$.pipe(
      filter(({ config }) => config !== undefined),
      distinctUntilChanged(sameLeases),
      map((world, nth) => {
        if (nth === 0) inherit(world);
        return desiredDns(world);
      }),
      distinctUntilChanged(isSameDesire),
      skipWhile(({ links }) => links.size + memory.size === 0),
      connect(desired$ =>
        combineLatest([
          desired$,
          desired$.pipe(
            map(({ via }) => via),
            distinctUntilChanged(),
            switchMap(peer$),
            takeUntil(desired$.pipe(ignoreElements(), endWith(undefined))),
          ),
        ]).pipe(newestMap(reconcile)),
      ),
    );
  },
});
