import { catchError, concatMap, from, map, mergeMap, type Observable, of, take, toArray } from 'rxjs';
import { toError } from '../../model/fault.js';
import { type Bus, type BusConnection, systemBus } from '../../system/bus/bus.js';
import { hasUnit } from '../../sinks/units/ask-systemd.js';
import { type Check, type Finding, ok, warn } from './finding.js';

const about = 'units';

/** Are the units there that `[Units]` and `[[Start]]` name? Of a template with `%i`, any instance stands for all. */
export const startUnits =
  (system: () => Bus = systemBus): Check =>
  ({ config: { units, starts } }) => {
    const targets = units.links === undefined ? [] : ['link-carrier@%i.target', 'network-profile@%i.target'];
    const wanted = [...new Set([...targets, ...starts.map(({ unit }) => unit)])];
    if (wanted.length === 0) return of(ok(about, 'skipped: neither [Units] Links nor [[Start]] is set'));
    const looked = (connection: BusConnection): Observable<Finding> =>
      from(wanted).pipe(
        concatMap(unit => hasUnit(connection, unit.replaceAll('%i', 'i')).pipe(map(is => (is ? [] : [unit])))),
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
