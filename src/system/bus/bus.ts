import { ignoreElements, Observable, shareReplay, Subject, Subscription } from 'rxjs';
import { toError } from '../../model/fault.js';
import { callsOf } from './bus-calls.js';
import { BusError } from './bus-error.js';
import { openSocket, socketPath, systemBusAddress } from './bus-socket.js';
import type { Call, Signal } from './bus-types.js';
import { busReader, feeding, type Header, MessageType } from './bus-stream.js';
import { deadline } from '../deadline.js';
import { readBody } from './dbus-reader.js';
import { followedOwners } from './followed-owners.js';
import { BUS_NAME, busDaemonCall } from '../../model/wire/bus-daemon.js';

export { BusError, type BusErrorCode } from './bus-error.js';
export type { Call, Signal } from './bus-types.js';

/** One connection. Replies and signals are handed on synchronously, in the order in which the bus sent them. */
export interface BusConnection {
  /**
   * Signals of the bus itself, and of the owners of those names that somebody asked the bus for here (GetNameOwner): of
   * any of them, so check the sender. What others send is thrown away unread.
   */
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

const CONNECT_TIMEOUT_MS = 5_000;
/** Those that are wanted have hundreds; bytes. */
const MAX_SIGNAL_BYTES = 1 << 20;

const noGreeting = new Error(`no greeting within ${CONNECT_TIMEOUT_MS / 1000} s`);

/** Opens a connection of its own for each subscription. */
const open = (address: string): Observable<BusConnection> =>
  new Observable(out => {
    const path = socketPath(address);
    if (path === undefined) {
      out.error(new BusError('bus-lost', `bus ${address}: expected unix:path=… or unix:abstract=…`));
      return;
    }
    const socket = openSocket(path, chunk => {
      const why = feed(chunk);
      if (why !== undefined) lost(why);
    });
    const { call, awaits, answer, fail } = callsOf(message => socket.writable && (socket.write(message), true));
    const greeting = new Subscription();
    const lost = (why: string, cause?: unknown): void => {
      greeting.unsubscribe();
      socket.destroy();
      const error = new BusError('bus-lost', `bus ${address}: ${why}`, undefined, { cause });
      fail(error);
      out.error(error);
    };
    const signal$ = new Subject<Signal>();
    const followed = followedOwners();
    const wants = (header: Header): boolean => {
      switch (header.type) {
        case MessageType.SIGNAL:
          return (
            header.bodyLength <= MAX_SIGNAL_BYTES && (header.sender === BUS_NAME || followed.includes(header.sender))
          );
        case MessageType.RETURN:
        case MessageType.ERROR:
          return awaits(header);
        default:
          return false; // there is nothing to be called here, and no answer is the cheapest
      }
    };
    const take = (header: Header, bytes: Buffer): void => {
      const body = readBody(bytes, header.isLittle, header.signature);
      if (header.type !== MessageType.SIGNAL) answer(header, body);
      else if (body !== undefined) {
        const { sender, path, interface: iface, member } = header;
        const signal: Signal = { sender, path, interface: iface, member, body };
        followed.hear(signal);
        signal$.next(signal);
      }
    };
    const feed = feeding(busReader({ wants, take }));
    socket.on('error', cause => lost(cause.message, cause));
    socket.on('close', () => lost('the connection was closed'));
    const match = (rule: string): Observable<never> => call(busDaemonCall('AddMatch', rule)).pipe(ignoreElements());
    const greeted = deadline(CONNECT_TIMEOUT_MS, () => lost(noGreeting.message, noGreeting));
    greeting.add(greeted);
    greeting.add(
      call(busDaemonCall('Hello')).subscribe({
        error: (cause: unknown) => lost(toError(cause).message, cause),
        complete: () => {
          greeted();
          out.next({ signal$, call: followed.learnFrom(call), match });
        },
      }),
    );
    out.add(() => {
      greeting.unsubscribe();
      signal$.complete();
      socket.destroySoon();
    });
  });

/**
 * The system bus: one connection, shared by all who subscribe at a time. See `systemBusAddress`.
 *
 * @experimental
 */
export const systemBus = (address = systemBusAddress()): Bus => ({
  connection$: open(address).pipe(shareReplay({ bufferSize: 1, refCount: true })),
});
