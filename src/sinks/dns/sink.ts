import {
  asyncScheduler,
  catchError,
  distinctUntilChanged,
  EMPTY,
  endWith,
  every,
  ignoreElements,
  map,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  switchMap,
  toArray,
} from 'rxjs';
import { fault, toError } from '../../model/fault.js';
import type { Sink } from '../../model/flow.js';
import { backoff } from '../../operators/backoff.js';
import { inTurn } from '../../operators/in-turn.js';
import { nameOwner } from '../../operators/name-owner.js';
import { untilEndOf } from '../../operators/until-end-of.js';
import type { Bus, BusConnection } from '../../system/bus/bus.js';
import { sameLeases } from '../../world/leases/reduce-leases.js';
import { errorName, isTransient, isUnanswered } from '../reconcile/bus-errors.js';
import { reconcile } from '../reconcile/reconcile.js';
import { type Access, patiently, type Refused, type Target } from '../reconcile/target.js';
import { dnsCall, explained, services } from './calls.js';
import { type DesiredDns, desiredDns, type DnsAction, isSameDesire, type Via } from './desired.js';
import { dnsContents, dnsDiff, madeDns } from './diff.js';

const MAX_RETRY_MS = 30_000;

/** A service, and the connection over which it takes settings. */
interface Peer extends Access {
  readonly via: Via;
  readonly connection: BusConnection;
}

const peers = (bus: Bus, via: Via, scheduler: SchedulerLike): Observable<Peer | undefined> =>
  bus.connection$.pipe(
    switchMap((connection, nth) =>
      nameOwner(connection, services[via].name).pipe(
        map(owner => (owner === undefined ? undefined : { id: `${via} ${owner} ${nth}`, via, connection })),
      ),
    ),
    backoff(MAX_RETRY_MS, scheduler),
  );

const call = ({ connection }: Peer, action: DnsAction): Observable<Refused | undefined> =>
  connection.call(dnsCall(action)).pipe(
    ignoreElements(),
    endWith(undefined),
    catchError((error: unknown) => {
      const message = explained(error, action);
      return of(
        errorName(error) === 'NoSuchLink'
          ? undefined
          : { message, isFinal: !isTransient(error), mayBeDone: isUnanswered(error), error },
      );
    }),
  );

const set = (peer: Peer, action: DnsAction): Observable<Refused | undefined> =>
  call(peer, action).pipe(
    mergeMap(refused => {
      if (refused === undefined || action.outdated === undefined) return of(refused);
      return inTurn(action.outdated, one => call(peer, one)).pipe(
        every(result => result === undefined),
        map(isGone => ({ ...refused, isGone })),
      );
    }),
  );

const target = (bus: Bus, scheduler: SchedulerLike): Target<DesiredDns, Peer, undefined, DnsAction> => ({
  name: 'dns',
  isSameWorld: (a, b) =>
    sameLeases(a, b) && ((a.config?.perLink ?? []).length === 0 || a.kernel.links === b.kernel.links),
  desired: desiredDns,
  isSame: isSameDesire,
  isNothing: ({ links }) => links.size === 0,
  // What was called for counts, too: the run may have been killed before it knew that it was set.
  inherited: ({ config, kernel, leases, progress }) =>
    new Map([
      ...dnsContents(desiredDns({ config, kernel, leases: { ...leases, bound: leases.acted } })),
      ...madeDns(progress.made),
    ]),
  access: desired$ =>
    desired$.pipe(
      map(({ via }) => via),
      distinctUntilChanged(),
      switchMap(via => peers(bus, via, scheduler)),
      untilEndOf(desired$),
    ),
  actual: ({ via }, desired) => (via === desired.via ? of(undefined) : EMPTY), // after a reload the other service is about to come
  diff: ({ desired, ours, access }) => dnsDiff(desired, ours, access),
  apply: (peer, actions) => inTurn(actions, ({ change }) => set(peer, change)).pipe(toArray()),
  retry: patiently,
  unread: error => ({ refused: { message: toError(error).message, isFinal: false, error }, retry: patiently }),
  failed: failures => failures.map(({ refused: { message, error } }) => fault('dns-refused', message, error)),
});

/**
 * Gives links the DNS servers and domains of dhclient's leases, over systemd-resolved or, with DNSVia=networkd, over
 * systemd-networkd: set, changed and withdrawn as leases come and go; set again when the service restarts. Only what was
 * set here is ever withdrawn. A refusal is explained once and not tried again until something else is wanted.
 *
 * @experimental
 */
export const resolvedSink = (bus: Bus, scheduler: SchedulerLike = asyncScheduler): Sink => ({
  name: 'dns',
  consume: ({ world$ }, report) => world$.pipe(reconcile(target(bus, scheduler), report, scheduler)),
});
