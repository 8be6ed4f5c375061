import { catchError, concatMap, from, map, mergeMap, type Observable, of, take, toArray } from 'rxjs';
import { toError } from '../../model/fault.js';
import { type Bus, type BusConnection, systemBus } from '../../system/bus/bus.js';
import { type Check, type Finding, ok, warn } from './finding.js';

const about = 'units';
const SYSTEMD = 'org.freedesktop.systemd1';

/** Is there such a unit? systemd reads its file; nothing is started. */
const isThere = (connection: BusConnection, unit: string): Observable<boolean> =>
  connection
    .call({
      destination: SYSTEMD,
      path: '/org/freedesktop/systemd1',
      interface: `${SYSTEMD}.Manager`,
      member: 'LoadUnit',
      signature: 's',
      body: [unit],
    })
    .pipe(
      mergeMap(([path]) =>
        connection.call({
          destination: SYSTEMD,
          path: String(path),
          interface: 'org.freedesktop.DBus.Properties',
          member: 'Get',
          signature: 'ss',
          body: [`${SYSTEMD}.Unit`, 'LoadState'],
        }),
      ),
      map(([state]) => state !== 'not-found'),
    );

/** Are the units there that `[Units]` and `[[Start]]` name? Of a template with `%i`, any instance stands for all. */
export const startUnits =
  (system: () => Bus = systemBus): Check =>
  ({ config: { units, starts } }) => {
    const targets = units.links === undefined ? [] : ['link-carrier@%i.target', 'network-profile@%i.target'];
    const wanted = [...new Set([...targets, ...starts.map(({ unit }) => unit)])];
    if (wanted.length === 0) return of(ok(about, 'skipped: neither [Units] Links nor [[Start]] is set'));
    const looked = (connection: BusConnection): Observable<Finding> =>
      from(wanted).pipe(
        concatMap(unit => isThere(connection, unit.replaceAll('%i', 'i')).pipe(map(is => (is ? [] : [unit])))),
        toArray(),
        map(all => all.flat()),
        map(missing =>
          missing.length === 0
            ? ok(about, `systemd has all of ${wanted.join(', ')}`)
            : warn(about, `systemd has no unit ${missing.join(', ')}: install it, and systemctl daemon-reload`),
        ),
      );
    return system().connection$.pipe(
      mergeMap(looked),
      take(1), // which closes the connection
      catchError((cause: unknown) => of(warn(about, `systemd could not be queried: ${toError(cause).message}`))),
    );
  };
