import { catchError, forkJoin, map, mergeMap, type Observable, of, switchMap, take } from 'rxjs';
import { fault, toError } from '../../model/fault.js';
import type { Input } from '../../model/input.js';
import type { AskLeases } from './lease-queries.js';
import { networkdLeases } from '../../world/networkd/netif-lease.js';
import { NETWORKD, pathOfIfindex } from '../../model/wire/networkd-paths.js';
import type { Bus } from '../../system/bus/bus.js';
import type { Clock } from '../../system/clock.js';
import type { Files } from '../../system/files/files.js';

/** Seconds since boot, proc_uptime(5). */
const UPTIME = '/proc/uptime';

const described = (bus: Bus, ifindex: number): Observable<string | undefined> =>
  bus.connection$.pipe(
    switchMap(connection =>
      connection.call({
        destination: NETWORKD,
        path: pathOfIfindex(ifindex),
        interface: `${NETWORKD}.Link`,
        member: 'Describe',
      }),
    ),
    take(1),
    map(([text]) => (typeof text === 'string' ? text : undefined)),
    catchError(() => of(undefined)), // the link went, or this networkd has no Describe
  );

/** Looks at networkd's lease file, and asks for its description of the link if there may be a lease. */
export const askNetworkdLeases =
  (bus: Bus, files: Pick<Files, 'read'>, clock: Clock): AskLeases =>
  ({ ifindex, name, mayBeDhcp6 }) => {
    const file$ = files.read(`/run/systemd/netif/leases/${ifindex}`);
    const about = (file: string | undefined): Observable<Input> =>
      forkJoin([file !== undefined || mayBeDhcp6 ? described(bus, ifindex) : of(undefined), files.read(UPTIME)]).pipe(
        map(([description, uptime = '0']): Input => {
          const moment = { now: clock.now(), sinceBoot: Number.parseFloat(uptime) * 1000 };
          const leases = networkdLeases(name, file, description, moment);
          return { kind: 'networkd-leases', ifindex, leases, now: moment.now };
        }),
      );
    const refused = (error: unknown): Input => {
      const message = `the leases of systemd-networkd of link '${name}': ${toError(error).message}`;
      return { kind: 'fault', fault: fault('lease-file', message) };
    };
    return file$.pipe(
      mergeMap(about),
      catchError((error: unknown) => of(refused(error))),
    );
  };
