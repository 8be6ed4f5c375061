import { map, type Observable } from 'rxjs';
import { isList, isText } from '../../model/unknown.js';
import type { BusConnection, Call } from '../../system/bus/bus.js';

/** org.freedesktop.systemd1(5) */
export const SYSTEMD = 'org.freedesktop.systemd1';
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

/** `running`, `starting`, `degraded`, `stopping` … */
export const systemState = (connection: BusConnection): Observable<unknown> =>
  connection
    .call({
      ...to,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [MANAGER, 'SystemState'],
    })
    .pipe(map(([state]) => state));

/** The reply is the path of the job; polkit decides by the unit and the verb. */
export const unitCall = (member: `${'Start' | 'Stop'}Unit`, unit: string): Call => ({
  ...to,
  interface: MANAGER,
  member,
  signature: 'ss',
  body: [unit, 'replace'],
});
