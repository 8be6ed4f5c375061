import { catchError, forkJoin, map, type Observable, of, switchMap, take } from 'rxjs';
import { fault, toError } from '../../model/fault.js';
import type { Input } from '../../model/input.js';
import type { AskLeases } from './lease-queries.js';
import { networkdLease4, networkdLease6 } from '../../world/networkd/netif-lease.js';
import { describeLink } from '../../model/wire/networkd-paths.js';
import type { Bus } from '../../system/bus/bus.js';
import type { Clock } from '../../system/clock.js';
import type { Files } from '../../system/files/files.js';

/** Seconds since boot, proc_uptime(5). */
const UPTIME = '/proc/uptime';

const described = (bus: Bus, ifindex: number): Observable<string | undefined> =>
  bus.connection$.pipe(
    switchMap(connection => connection.call(describeLink(ifindex))),
    take(1),
    map(([text]) => (typeof text === 'string' ? text : undefined)),
    catchError(() => of(undefined)), // the link went, or this networkd has no Describe
  );

/** Looks at networkd's lease file, and asks for its description of the link if there may be a lease of IPv6. */
export const askNetworkdLeases =
  (bus: Bus, files: Pick<Files, 'read'>, clock: Clock): AskLeases =>
  ({ ifindex, name, ends, mayBeDhcp6 }) => {
    const file$ = files.read(`/run/systemd/netif/leases/${ifindex}`);
    const lease6$ = forkJoin([described(bus, ifindex), files.read(UPTIME)]).pipe(
      map(([description = '', uptime = '0']) =>
        networkdLease6(name, description, { now: clock.now(), sinceBoot: Number.parseFloat(uptime) * 1000 }),
      ),
    );
    return forkJoin([file$, mayBeDhcp6 ? lease6$ : of([])]).pipe(
      map(([file = '', lease6]): Input => {
        const leases = [...networkdLease4(name, file, ends), ...lease6];
        return { kind: 'networkd-leases', ifindex, leases, now: clock.now() };
      }),
      catchError((error: unknown) => {
        const message = `the leases of systemd-networkd of link '${name}': ${toError(error).message}`;
        return of<Input>({ kind: 'fault', fault: fault('lease-file', message) });
      }),
    );
  };
