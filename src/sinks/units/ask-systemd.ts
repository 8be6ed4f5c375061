import { forkJoin, map, mergeMap, type Observable } from 'rxjs';
import type { StartRule } from '../../model/config.js';
import { isList, isText } from '../../model/values/unknown.js';
import type { BusConnection, Call, Signal } from '../../system/bus/bus.js';

/** org.freedesktop.systemd1(5) */
export const SYSTEMD = 'org.freedesktop.systemd1';
/** The bus refuses what one client asks beyond 128 answers at once; scripts and the other targets ask, too. */
export const MAX_CALLS = 32;
const to = { destination: SYSTEMD, path: '/org/freedesktop/systemd1' } as const;
const MANAGER = `${SYSTEMD}.Manager`;

/** A unit that systemd has loaded. */
export interface LoadedUnit {
  readonly name: string;
  /** `loaded`, `masked`, `not-found` */
  readonly load: string;
  /** `active`, `activating`, `inactive` … */
  readonly active: string;
  /** of the job that waits or runs; empty: none */
  readonly job: string;
}

const startsIt: ReadonlySet<string> = new Set(['start', 'restart', 'verify-active', 'reload-or-start']);
const isActive: ReadonlySet<string> = new Set(['active', 'activating', 'reloading', 'refreshing']);

/**
 * Is it active, or about to be? A target waits for what it wants and is inactive meanwhile, with a job; one that is being stopped is
 * active as long.
 */
export const isUp = ({ active, job }: LoadedUnit): boolean =>
  startsIt.has(job) || (job !== 'stop' && isActive.has(active));

const unitIn = (entry: unknown): readonly LoadedUnit[] => {
  if (!isList(entry)) return [];
  const [name, , load, active, , , , , job] = entry;
  return isText(name) && isText(load) && isText(active) && isText(job) ? [{ name, load, active, job }] : [];
};

/** The units that are loaded and whose names match; anybody may ask. */
export const listUnits = (connection: BusConnection, patterns: readonly string[]): Observable<readonly LoadedUnit[]> =>
  connection
    .call({ ...to, interface: MANAGER, member: 'ListUnitsByPatterns', signature: 'asas', body: [[], patterns] })
    .pipe(map(([units]) => (isList(units) ? units : []).flatMap(unitIn)));

/** Of an object of systemd's. */
const property = (connection: BusConnection, path: string, iface: string, name: string): Observable<unknown> =>
  connection
    .call({
      destination: SYSTEMD,
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [iface, name],
    })
    .pipe(map(([value]) => value));

/** `running`, `starting`, `degraded`, `stopping` … */
export const systemState = (connection: BusConnection): Observable<unknown> =>
  property(connection, to.path, MANAGER, 'SystemState');

const load = (connection: BusConnection, unit: string): Observable<string> =>
  connection
    .call({ ...to, interface: MANAGER, member: 'LoadUnit', signature: 's', body: [unit] })
    .pipe(map(([path]) => String(path)));

/** What starts or stops with a target: what it pulls in, and what is a part of it or requires it. */
const HANGING = ['Wants', 'Requires', 'ConsistsOf', 'RequiredBy', 'BoundBy'];

/** The units that hang on a target. */
export const hangingOn = (connection: BusConnection, unit: string): Observable<readonly string[]> =>
  load(connection, unit).pipe(
    mergeMap(path => forkJoin(HANGING.map(name => property(connection, path, `${SYSTEMD}.Unit`, name)))),
    map(lists => [...new Set(lists.flatMap(list => (isList(list) ? list.filter(isText) : [])))].sort()),
  );

/** Is there such a unit? systemd reads its file; nothing is started. */
export const hasUnit = (connection: BusConnection, unit: string): Observable<boolean> =>
  load(connection, unit).pipe(
    mergeMap(path => property(connection, path, `${SYSTEMD}.Unit`, 'LoadState')),
    map(state => state !== 'not-found'),
  );

const methods = {
  start: 'StartUnit',
  stop: 'StopUnit',
  restart: 'RestartUnit',
  'try-restart': 'TryRestartUnit',
  'reload-or-restart': 'ReloadOrRestartUnit',
} as const satisfies Readonly<Record<StartRule['job'], string>>;

/** The reply is the path of the job; polkit decides by the unit and the verb. */
export const jobCall = ({ unit, job }: { readonly unit: string; readonly job: StartRule['job'] }): Call => ({
  ...to,
  interface: MANAGER,
  member: methods[job],
  signature: 'ss',
  body: [unit, 'replace'],
});

/** Only the jobs of this unit: all jobs of the host would wake us. */
export const jobRemovedRule = (unit: string): string =>
  `type='signal',sender='${SYSTEMD}',interface='${MANAGER}',member='JobRemoved',arg2='${unit}'`;

/** A job that has ended: `done`, `failed`, `dependency`, `canceled`, `timeout`, `skipped`. */
export const removedJob = ({
  interface: iface,
  member,
  body,
}: Signal): { readonly path: string; readonly result: string } | undefined => {
  const [, path, , result] = body;
  return iface === MANAGER && member === 'JobRemoved' && isText(path) && isText(result) ? { path, result } : undefined;
};
