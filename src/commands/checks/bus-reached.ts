import { catchError, concat, defaultIfEmpty, defer, map, mergeMap, of, take, toArray } from 'rxjs';
import type { Config } from '../../model/config.js';
import { toError } from '../../model/fault.js';
import { NETWORKD } from '../../model/wire/networkd-paths.js';
import { type Bus, type BusConnection, systemBus } from '../../system/bus/bus.js';
import type { Check } from './finding.js';
import { error, ok, warn } from './finding.js';
import { busDaemonCall } from '../../model/wire/bus-daemon.js';

const about = 'bus';
const isOwned = (connection: BusConnection) => connection.call(busDaemonCall('NameHasOwner', NETWORKD));

/** What happens to link states while networkd is not connected. */
const meanwhile = (config: Config): string =>
  config.system.generator.includes('rtnetlink')
    ? 'link states come from the kernel until systemd-networkd starts'
    : 'the daemon will wait for systemd-networkd to start';

const absent = ({ system }: Config) => (system.generator.includes('rtnetlink') ? ok : warn);

/** Is the system bus there, and systemd-networkd on it? Asking does not start it. Where the kernel stands in, neither must be. */
export const bus =
  (system: () => Bus = systemBus): Check =>
  ({ config }) =>
    !config.system.generator.includes('systemd-networkd')
      ? of(ok(about, 'skipped: Generator does not include systemd-networkd'))
      : defer(() => system().connection$).pipe(
          mergeMap(connection =>
            concat(
              of(ok(about, 'the system bus answers')),
              isOwned(connection).pipe(
                map(([owned]) =>
                  owned === true
                    ? ok('networkd', `${NETWORKD} is on the bus`)
                    : absent(config)('networkd', `${NETWORKD} is not on the bus: ${meanwhile(config)}`),
                ),
              ),
            ).pipe(toArray()),
          ),
          take(1), // which closes the connection
          mergeMap(findings => findings),
          defaultIfEmpty(error(about, 'no connection to the system bus')),
          catchError((cause: unknown) =>
            of(
              config.system.generator.includes('rtnetlink')
                ? warn(about, `expected the system bus, found: ${toError(cause).message}; ${meanwhile(config)}`)
                : error(about, `expected the system bus, found: ${toError(cause).message}; is dbus running?`),
            ),
          ),
        );
