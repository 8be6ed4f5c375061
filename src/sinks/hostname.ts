import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  ignoreElements,
  map,
  mergeMap,
  type Observable,
  of,
  retry,
  type SchedulerLike,
  skipWhile,
  switchMap,
  take,
  throwError,
  timer,
} from 'rxjs';
import { fault, toError } from '../model/fault.js';
import type { Sink } from '../model/flow.js';
import type { Outcome } from '../model/outcome.js';
import type { World } from '../model/world.js';
import { newestMap } from '../operators/newest-map.js';
import { wantedHostname } from '../planners/hostname.js';
import { sameLeases } from '../world/leases.js';
import type { Bus, Call } from '../system/bus.js';
import { errorName, isTransient } from './dns-call.js';

/** A failure that may pass is tried again so often, a second apart. */
const RETRIES = 2;
const BREATH = 1000;

const HOSTNAMED = 'org.freedesktop.hostname1';
/** hostnamed ends when it is idle: a call may start it (org.freedesktop.hostname1(5)). */
const to = { destination: HOSTNAMED, path: '/org/freedesktop/hostname1', autoStart: true } as const;

/** The transient name; the last argument: nobody is there to be asked for a password. */
const setHostname = (name: string): Call => ({
  ...to,
  interface: HOSTNAMED,
  member: 'SetHostname',
  signature: 'sb',
  body: [name, false],
});
const getHostname: Call = {
  ...to,
  interface: 'org.freedesktop.DBus.Properties',
  member: 'Get',
  signature: 'ss',
  body: [HOSTNAMED, 'Hostname'],
};

/**
 * Gives the host the name of dhclient's leases as its transient name, over systemd-hostnamed; a static name stands above
 * it. Set when the wanted name changes, withdrawn only if the present name is still the one set here.
 */
export const hostnameSink = (bus: Bus, scheduler: SchedulerLike = asyncScheduler): Sink => ({
  name: 'hostname',
  consume: ({ world$ }, report) => {
    let ours: string | undefined;
    /** What the last run set is ours, too: it may have to be withdrawn. */
    const inherit = ({ config, actedLeases }: World): void => {
      ours = wantedHostname({ config, bound: actedLeases });
    };

    const call = (request: Call): Observable<readonly unknown[]> =>
      bus.connection$.pipe(
        switchMap(connection => connection.call(request)),
        take(1),
        retry({
          count: RETRIES,
          delay: error => (isTransient(error) ? timer(BREATH, scheduler) : throwError(() => toError(error))),
        }),
      );
    const set = (name: string): Observable<Outcome> =>
      concat(
        call(setHostname(name)).pipe(ignoreElements()),
        defer((): Observable<Outcome> => {
          ours = name === '' ? undefined : name;
          return of({ kind: 'applied', ifindex: 0, message: `host name: ${name === '' ? 'withdrawn' : name}` });
        }),
      );
    const withdraw = (): Observable<Outcome> =>
      ours === undefined
        ? EMPTY
        : call(getHostname).pipe(
            mergeMap(([present]) => {
              if (present === ours) return set('');
              ours = undefined; // somebody else named the host meanwhile
              return EMPTY;
            }),
          );
    const reconcile = (name: string | undefined): Observable<Outcome> =>
      (name === undefined ? defer(withdraw) : set(name)).pipe(
        catchError((error: unknown) => {
          const advice = ['AccessDenied', 'InteractiveAuthorizationRequired'].includes(errorName(error))
            ? ': install the polkit rules that come with network-broker, and polkit itself'
            : '';
          const what = name === undefined ? 'the host name was not withdrawn' : `the host name ${name} was not set`;
          report(fault('error', 'hostname-refused', `${what}: ${toError(error).message}${advice}`, error));
          return EMPTY;
        }),
      );

    return world$.pipe(
      filter(({ config }) => config !== undefined),
      distinctUntilChanged(sameLeases),
      map((world, nth) => {
        if (nth === 0) inherit(world);
        return wantedHostname(world);
      }),
      distinctUntilChanged(),
      skipWhile(name => name === undefined && ours === undefined),
      newestMap(reconcile),
    );
  },
});
