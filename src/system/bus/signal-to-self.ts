import {
  combineLatest,
  concat,
  defer,
  ignoreElements,
  mergeMap,
  Observable,
  of,
  Subscription,
  take,
  timeout,
} from 'rxjs';
import { callsOf } from './bus-calls.js';
import { BusError } from './bus-error.js';
import { openSocket, socketPath, systemBusAddress } from './bus-socket.js';
import { busReader, feeding, type Header, MessageType } from './bus-stream.js';
import type { Call } from './bus-types.js';
import { signalMessage } from './call-message.js';
import { readBody } from './dbus-reader.js';
import { busDaemonCall } from '../../model/wire/bus-daemon.js';

/** What became of a signal: the bus refused to deliver it, or it arrived. */
export type Reach = 'refused' | 'arrived';

const TIMEOUT_MS = 5_000;

interface Client {
  readonly name: string;
  readonly call: (request: Call) => Observable<readonly unknown[]>;
  /** the senders of signals that arrived */
  readonly heard: ReadonlySet<string>;
  readonly signalTo: (destination: string) => void;
}

/** A connection that notes whoever signals, unlike the daemon's own, which judges the sender first. */
const connected = (address: string): Observable<Client> =>
  new Observable(out => {
    const heard = new Set<string>();
    const lost = (why: string): void => out.error(new BusError('bus-lost', `bus ${address}: ${why}`));
    const calls = callsOf(message => socket.writable && (socket.write(message), true));
    const wants = (header: Header): boolean => {
      if (header.type === MessageType.SIGNAL) heard.add(header.sender);
      return calls.awaits(header);
    };
    const answered = (header: Header, bytes: Buffer): void =>
      calls.answer(header, readBody(bytes, header.isLittle, header.signature));
    const feed = feeding(busReader({ wants, take: answered }));
    const socket = openSocket(socketPath(address) ?? '', chunk => {
      const why = feed(chunk);
      if (why !== undefined) lost(why);
    });
    socket.on('error', ({ message }) => lost(message));
    socket.on('close', () => lost('the connection was closed'));
    const signalTo = (destination: string): void => {
      socket.write(signalMessage({ destination, path: '/', interface: 'org.example.Stranger', member: 'Said' }));
    };
    const greeting = new Subscription();
    greeting.add(
      calls.call(busDaemonCall('Hello')).subscribe({
        next: ([name]) => out.next({ name: String(name), call: calls.call, heard, signalTo }),
        error: (error: unknown) => out.error(error),
      }),
    );
    out.add(() => {
      greeting.unsubscribe();
      socket.destroy();
    });
  });

/** Completes when the bus has done all that this connection asked for before. */
const settled = ({ call }: Client): Observable<never> => call(busDaemonCall('GetId')).pipe(ignoreElements());

/** What the receiver is asked behind the signal is answered behind it, too. */
const attempt = (sender: Client, receiver: Client): Observable<Reach> =>
  defer(() => {
    sender.signalTo(receiver.name);
    return concat(
      settled(sender),
      settled(receiver),
      defer(() => of<Reach>(receiver.heard.has(sender.name) ? 'arrived' : 'refused')),
    );
  });

/**
 * Can somebody who owns none of the names that the daemon listens to send it a signal? Tried between two connections of this
 * process: the bus looks at who receives (dbus-daemon(1), `receive_sender`), which is the same user. One value.
 */
export const signalToSelf = (address = systemBusAddress()): Observable<Reach> =>
  combineLatest([connected(address), connected(address)]).pipe(
    mergeMap(([sender, receiver]) => attempt(sender, receiver)),
    timeout({ first: TIMEOUT_MS }),
    take(1), // which closes both
  );
