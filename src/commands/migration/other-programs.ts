import { catchError, defaultIfEmpty, defer, forkJoin, map, mergeMap, type Observable, of, take } from 'rxjs';
import { busDaemonCall } from '../../model/wire/bus-daemon.js';
import { isUp, listUnits } from '../../sinks/units/ask-systemd.js';
import { type Bus, type BusConnection, systemBus } from '../../system/bus/bus.js';

/** Programs that run scripts of their own at changes of the network; NetworkManager is known by its name on the bus, too. */
export const otherPrograms = {
  'networkd-dispatcher': { unit: 'networkd-dispatcher.service', file: '/usr/bin/networkd-dispatcher' },
  NetworkManager: { unit: 'NetworkManager.service', file: '/usr/sbin/NetworkManager' },
} as const;
export type OtherProgram = keyof typeof otherPrograms;

const units = Object.values(otherPrograms).map(({ unit }) => unit);

const askBus = (connection: BusConnection): Observable<ReadonlySet<OtherProgram>> =>
  forkJoin([
    listUnits(connection, units).pipe(catchError(() => of([]))), // there are buses without a systemd
    connection.call(busDaemonCall('NameHasOwner', 'org.freedesktop.NetworkManager')),
  ]).pipe(
    map(([loaded, [isOwned]]) => {
      const active = new Set(loaded.filter(isUp).map(({ name }) => name));
      const isRunning = (program: OtherProgram): boolean =>
        active.has(otherPrograms[program].unit) || (program === 'NetworkManager' && isOwned === true);
      return new Set((['networkd-dispatcher', 'NetworkManager'] as const).filter(isRunning));
    }),
  );

/** Which of them run; none, if nobody can be asked. One value. */
export const runningPrograms = (system: () => Bus = systemBus): Observable<ReadonlySet<OtherProgram>> =>
  defer(() => system().connection$).pipe(
    mergeMap(askBus),
    take(1), // which closes the connection
    catchError(() => of(new Set<OtherProgram>())),
    defaultIfEmpty(new Set<OtherProgram>()),
  );
