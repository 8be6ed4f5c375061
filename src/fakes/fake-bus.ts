import { concat, defer, ignoreElements, NEVER, type Observable, of, throwError } from 'rxjs';
import type { States } from '../model/states.js';
import type { Bus, BusConnection, Call, Signal } from '../system/bus/bus.js';
import { BUS_NAME, busDaemonCall } from '../model/wire/bus-daemon.js';
import { NETWORKD, NETWORKD_PATH, pathOfIfindex } from '../model/wire/networkd-paths.js';

/** The answer of a peer; an error name makes it an error. */
export type Answer = (call: Call) => readonly unknown[] | { readonly errorName: string } | undefined;

class FakeBusError extends Error {
  readonly code = 'call-failed';
  constructor(readonly errorName: string) {
    super(errorName);
  }
}

/** A connection in virtual time: it hears `signal$` and has its calls answered at once, or after `latency`. */
export const fakeConnection = (
  signal$: Observable<Signal>,
  answer: Answer,
  latency: (answered$: Observable<readonly unknown[]>, call: Call) => Observable<readonly unknown[]> = answered$ =>
    answered$,
): BusConnection => {
  const call = (request: Call): Observable<readonly unknown[]> =>
    defer(() => {
      const answered = request.member === 'AddMatch' ? [] : answer(request);
      if (answered === undefined) return NEVER;
      return latency(
        'errorName' in answered ? throwError(() => new FakeBusError(answered.errorName)) : of(answered),
        request,
      );
    });
  return {
    signal$,
    call,
    match: rule => call(busDaemonCall('AddMatch', rule)).pipe(ignoreElements()),
  };
};

/** A bus with these connections. */
export const fakeBus = (connection$: Observable<BusConnection>): Bus => ({ connection$ });

/**
 * A bus on which every service is present and does what it is asked; the host name is the last one set.
 *
 * @experimental
 */
export const willingBus = (hostname = ''): Bus => {
  let name: unknown = hostname;
  const connection = fakeConnection(NEVER, ({ member, body = [] }) => {
    if (member === 'SetHostname') [name] = body;
    return member === 'GetNameOwner' ? [':1.1'] : member === 'Get' ? [name] : [];
  });
  return fakeBus(concat(of(connection), NEVER));
};

/** What a fake systemd-networkd holds. */
export interface NetworkdHolds {
  /** its unique name; undefined: it is not on the bus */
  owner: string | undefined;
  manager: States;
  /** by ifindex */
  links: Record<number, { readonly name: string; readonly states: States }>;
}

/** Answers as systemd-networkd and the bus daemon would, from what `networkd` holds at the time. */
export const networkdAnswers =
  (networkd: NetworkdHolds): Answer =>
  ({ member, path }) => {
    switch (member) {
      case 'GetNameOwner':
        return networkd.owner === undefined
          ? { errorName: 'org.freedesktop.DBus.Error.NameHasNoOwner' }
          : [networkd.owner];
      case 'ListLinks':
        return [
          Object.entries(networkd.links).map(([ifindex, { name }]) => [
            Number(ifindex),
            name,
            pathOfIfindex(Number(ifindex)),
          ]),
        ];
      case 'GetAll': {
        if (path === NETWORKD_PATH) return [networkd.manager];
        const link = Object.entries(networkd.links).find(([ifindex]) => pathOfIfindex(Number(ifindex)) === path);
        return link === undefined ? { errorName: 'org.freedesktop.DBus.Error.UnknownObject' } : [link[1].states];
      }
      default:
        return undefined;
    }
  };

/** A PropertiesChanged as networkd sends it. */
export const propertiesChanged = (sender: string, ifindex: number | 'manager', changed: States): Signal => ({
  sender,
  path: ifindex === 'manager' ? NETWORKD_PATH : pathOfIfindex(ifindex),
  interface: 'org.freedesktop.DBus.Properties',
  member: 'PropertiesChanged',
  body: [`${NETWORKD}.${ifindex === 'manager' ? 'Manager' : 'Link'}`, changed, []],
});

/**
 * The bus daemon reports that networkd's name passed from one owner to another; another `sender` makes it a forgery.
 */
export const ownerChanged = (from: string, to: string, sender = BUS_NAME): Signal => ({
  sender,
  path: '/org/freedesktop/DBus',
  interface: BUS_NAME,
  member: 'NameOwnerChanged',
  body: [NETWORKD, from, to],
});
