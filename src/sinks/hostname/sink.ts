import {
  asyncScheduler,
  catchError,
  concatMap,
  endWith,
  from,
  ignoreElements,
  map,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  startWith,
  switchMap,
  take,
  toArray,
} from 'rxjs';
import { fault, toError } from '../../model/fault.js';
import type { Sink } from '../../model/flow.js';
import type { World } from '../../model/world.js';
import type { Bus, Call } from '../../system/bus/bus.js';
import { sameLeases } from '../../world/leases/reduce-leases.js';
import { deniedAdvice, isTransient, isUnanswered } from '../reconcile/bus-errors.js';
import { reconcile } from '../reconcile/reconcile.js';
import {
  type Access,
  type Action,
  patiently,
  type Ours,
  type Plan,
  type Refused,
  type Target,
} from '../reconcile/target.js';
import { wantedHostname } from './desired.js';

const HOSTNAMED = 'org.freedesktop.hostname1';
/** hostnamed ends when it is idle: a call may start it (org.freedesktop.hostname1(5)). */
const to = { destination: HOSTNAMED, path: '/org/freedesktop/hostname1', autoStart: true } as const;

/** Sets the transient name; the last argument says that nobody can be asked for a password. */
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

const KEY = 'host name';
/** hostnamed may come and go, but the kernel keeps the name: any instance will do. */
const anybody: Access = { id: 'anybody' };

/** A name to be set; empty: withdraw it. */
interface Naming {
  readonly name: string;
  /** what was set before: it is withdrawn even if its successor is refused */
  readonly outdated: string | undefined;
}

const plan = (name: string, present: unknown, ours: Ours): Plan<Naming> => {
  const before = ours.get(KEY);
  const isSet = before?.by === anybody.id && before.contents === name;
  // If somebody else has set the name meanwhile, it is not ours to withdraw.
  const mustGo = name === '' && before !== undefined && present === before.contents;
  const action: Action<Naming> = {
    change: { name, outdated: before?.contents === name ? undefined : before?.contents },
    key: KEY,
    contents: name,
    text: `the host name ${name}`,
    isExcused: true,
  };
  return {
    actions: name === '' ? (mustGo ? [action] : []) : isSet ? [] : [action],
    conflicts: [],
    desired: new Map(name === '' ? [] : [[KEY, name]]),
    told: done =>
      done.map(() => ({
        kind: 'applied',
        ifindex: 0,
        message: `host name: ${name === '' ? 'withdrawn' : name}`,
        made: { [KEY]: name },
      })),
  };
};

const refused = (error: unknown, what: string): Refused => {
  return {
    message: `${what}: ${toError(error).message}${deniedAdvice(error)}`,
    isFinal: !isTransient(error),
    mayBeDone: isUnanswered(error),
    error,
  };
};
const notDone = (name: string): string =>
  name === '' ? 'the host name was not withdrawn' : `the host name ${name} was not set`;

const target = (bus: Bus): Target<string, Access, unknown, Naming> => {
  const call = (request: Call): Observable<readonly unknown[]> =>
    bus.connection$.pipe(
      switchMap(connection => connection.call(request)),
      take(1),
    );
  const set = (name: string): Observable<Refused | undefined> =>
    call(setHostname(name)).pipe(
      ignoreElements(),
      endWith(undefined),
      catchError((error: unknown) => of(refused(error, notDone(name)))),
    );
  const present$ = call(getHostname).pipe(map(([present]) => present));
  /** Withdraws the name unless somebody else has replaced it; was it withdrawn? */
  const withdraw = (outdated: string): Observable<boolean> =>
    present$.pipe(
      mergeMap(present => (present === outdated ? set('') : of(undefined))),
      map(result => result === undefined),
      catchError(() => of(false)),
    );
  const setInPlace = ({ name, outdated }: Naming): Observable<Refused | undefined> =>
    set(name).pipe(
      mergeMap(result =>
        result === undefined || outdated === undefined || name === ''
          ? of(result)
          : withdraw(outdated).pipe(map(isGone => ({ ...result, isGone }))),
      ),
    );
  return {
    name: 'hostname',
    isSameWorld: sameLeases,
    desired: world => wantedHostname(world) ?? '',
    isSame: (a, b) => a === b,
    isNothing: name => name === '',
    inherited: ({ config, leases, progress }: World) => {
      const name = progress.made.get(KEY) ?? wantedHostname({ config, leases: { ...leases, bound: leases.acted } });
      return new Map(name === undefined ? [] : [[KEY, name]]);
    },
    access: desired$ => desired$.pipe(ignoreElements(), startWith(anybody)),
    actual: (_, name, ours) => (name !== '' || ours.size === 0 ? of(undefined) : present$),
    diff: ({ desired, actual, ours }) => plan(desired, actual, ours),
    apply: (_, actions) =>
      from(actions).pipe(
        concatMap(({ change }) => setInPlace(change)),
        toArray(),
      ),
    retry: patiently,
    unread: error => ({ refused: refused(error, notDone('')), retry: patiently }),
    failed: failures => failures.map(({ refused: { message, error } }) => fault('hostname-refused', message, error)),
  };
};

/**
 * Gives the host the name of dhclient's leases as its transient name, over systemd-hostnamed; a static name stands above
 * it. Set when the wanted name changes, withdrawn only if the present name is still the one set here.
 *
 * @experimental
 */
export const hostnameSink = (bus: Bus, scheduler: SchedulerLike = asyncScheduler): Sink => ({
  name: 'hostname',
  consume: ({ world$ }, report) => world$.pipe(reconcile(target(bus), report, scheduler)),
});
