import { catchError, concat, distinctUntilChanged, filter, map, merge, type Observable, of, throwError } from 'rxjs';
import { toError } from '../model/fault.js';
import type { BusConnection } from '../system/bus/bus.js';
import { field, isText } from '../model/values/unknown.js';
import { BUS_NAME, busDaemonCall } from '../model/wire/bus-daemon.js';

const text = (value: unknown): string | undefined => (isText(value) && value !== '' ? value : undefined);

/**
 * The unique name that owns a well-known name now, and whenever that changes; undefined while nobody does.
 *
 * ```
 * the bus says   -:1.4------('')-:1.9---
 * result         -a---------u----b------      a: ':1.4', u: undefined, b: ':1.9'
 * ```
 * A NameOwnerChanged counts only from the bus daemon: any client can address one to us that looks alike.
 */
export const nameOwner = (connection: BusConnection, name: string): Observable<string | undefined> => {
  const changed$ = connection.signal$.pipe(
    filter(
      ({ sender, interface: iface, member }) =>
        sender === BUS_NAME && iface === BUS_NAME && member === 'NameOwnerChanged',
    ),
    filter(({ body }) => body[0] === name),
    map(({ body }) => text(body[2])),
  );
  const now$ = connection.call(busDaemonCall('GetNameOwner', name)).pipe(
    map(([owner]) => text(owner)),
    catchError((error: unknown) =>
      field(error, 'errorName') === `${BUS_NAME}.Error.NameHasNoOwner`
        ? of(undefined)
        : throwError(() => toError(error)),
    ),
  );
  const rule = `type='signal',sender='${BUS_NAME}',interface='${BUS_NAME}',member='NameOwnerChanged',arg0='${name}'`;
  return merge(changed$, concat(connection.match(rule), now$)).pipe(distinctUntilChanged());
};
