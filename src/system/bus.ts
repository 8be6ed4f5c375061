import { EventEmitter } from 'node:events';
import dbus from 'dbus-next';
import { ignoreElements, Observable, shareReplay, Subject } from 'rxjs';
import { toError } from '../model/fault.js';
import { callsOf, unwrap } from './bus-calls.js';
import { BusError } from './bus-error.js';

export { BusError, type BusErrorCode } from './bus-error.js';

/** A message that nobody asked for. `sender` is the unique name that the bus daemon itself put there. */
export interface Signal {
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** arguments; variants are unwrapped, 64-bit integers are bigint */
  readonly body: readonly unknown[];
}

export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
  /** may the bus start the service for this call? only hostnamed may be started by us */
  readonly autoStart?: boolean;
}

/** One connection. Replies and signals are handed on synchronously, in the order in which the bus sent them. */
export interface BusConnection {
  /** Every signal that reaches this connection, also those that a peer addressed to it: check the sender. */
  readonly signal$: Observable<Signal>;
  /** Asks the bus for signals; the first subscription of a rule adds it and completes when the bus has it. */
  readonly match: (rule: string) => Observable<never>;
  /** Calls when subscribed; emits the arguments of the reply once. Errors: BusError. */
  readonly call: (call: Call) => Observable<readonly unknown[]>;
}

/** Emits one connection and errors with a BusError when it is lost; unsubscribing closes it. */
export interface Bus {
  readonly connection$: Observable<BusConnection>;
}

const CONNECT_TIMEOUT = 5_000;
const { MessageType } = dbus;

export const BUS_NAME = 'org.freedesktop.DBus';
const BUS_OBJECT = { destination: BUS_NAME, path: '/org/freedesktop/DBus', interface: BUS_NAME } as const;

const toSignal = ({ sender, path, interface: iface, member, body }: dbus.Message): Signal => ({
  sender,
  path,
  interface: iface,
  member,
  body: body.map(unwrap),
});

/** dbus-next says nothing on the bus object when the daemon dies; only its stream knows. */
const streamOf = (bus: object): EventEmitter | undefined => {
  const connection: unknown = Reflect.get(bus, '_connection');
  const stream: unknown =
    typeof connection === 'object' && connection !== null ? Reflect.get(connection, 'stream') : undefined;
  return stream instanceof EventEmitter ? stream : undefined;
};

/** dbus-next opens `socket=` by Node itself, but `path=` by an optional addon, if installed, that fails and ends in other ways. */
const byNode = (address: string): string => address.replace(/([:,])path=/g, '$1socket=');

/** Opens a connection of its own for each subscription. */
const open = (address: string): Observable<BusConnection> =>
  new Observable(out => {
    let bus: dbus.MessageBus;
    try {
      bus = dbus.sessionBus({ busAddress: byNode(address) });
    } catch (cause) {
      out.error(new BusError('bus-lost', `bus ${address}: ${toError(cause).message}`, undefined, { cause }));
      return;
    }
    const { call, answer, fail } = callsOf(bus);
    const lost = (why: string, cause?: unknown): void => {
      const error = new BusError('bus-lost', `bus ${address}: ${why}`, undefined, { cause });
      fail(error);
      out.error(error);
    };
    const signal$ = new Subject<Signal>();
    const timer = setTimeout(() => lost(`no greeting within ${CONNECT_TIMEOUT / 1000} s`), CONNECT_TIMEOUT);
    const stream = streamOf(bus);
    stream?.once('close', () => lost('the connection was closed'));
    bus.on('error', (cause: unknown) => lost(toError(cause).message, cause));
    bus.on('message', message => {
      if (message.type === MessageType.SIGNAL) signal$.next(toSignal(message));
      else if (message.type !== MessageType.METHOD_CALL) answer(message);
    });
    bus.on('connect', () => {
      clearTimeout(timer);
      out.next({
        signal$,
        call,
        match: rule => call({ ...BUS_OBJECT, member: 'AddMatch', signature: 's', body: [rule] }).pipe(ignoreElements()),
      });
    });
    out.add(() => {
      clearTimeout(timer);
      signal$.complete();
      bus.disconnect();
    });
  });

const DEFAULT_ADDRESS = 'unix:path=/run/dbus/system_bus_socket';

/**
 * The system bus: one connection, shared by all who subscribe at a time. The address is $DBUS_SYSTEM_BUS_ADDRESS or
 * the well-known one (D-Bus specification, "System message bus").
 */
export const systemBus = (address = process.env.DBUS_SYSTEM_BUS_ADDRESS ?? DEFAULT_ADDRESS): Bus => ({
  connection$: open(address).pipe(shareReplay({ bufferSize: 1, refCount: true })),
});
