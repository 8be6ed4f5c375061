import dbus from 'dbus-next';
import { combineLatest, from, mergeMap, Observable, take, timeout } from 'rxjs';
import { toError } from '../model/fault.js';

/** What became of a signal: the bus refused to deliver it, or it arrived. */
export type Reach = 'refused' | 'arrived';

const TIMEOUT = 5_000;
const DEFAULT_ADDRESS = 'unix:path=/run/dbus/system_bus_socket';
const BUS = 'org.freedesktop.DBus';
const { Message, MessageType } = dbus;

/** A connection that hears everything, unlike the daemon's own, which judges the sender first. */
const connected = (address: string): Observable<dbus.MessageBus> =>
  new Observable(out => {
    const bus = dbus.sessionBus({ busAddress: address.replace(/([:,])path=/g, '$1socket=') }); // as systemBus does
    bus.on('error', (cause: unknown) => out.error(toError(cause)));
    bus.on('connect', () => out.next(bus));
    out.add(() => bus.disconnect());
  });

/** Resolves to the unique name of the connection, when the bus has done all that it was asked before. */
const passed = async (bus: dbus.MessageBus): Promise<string> => {
  const question = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member: 'GetId' };
  const answer = await bus.call(new Message(question));
  return answer?.destination ?? '';
};

const attempt = async (sender: dbus.MessageBus, receiver: dbus.MessageBus): Promise<Reach> => {
  const [own, to] = [await passed(sender), await passed(receiver)];
  let reach: Reach = 'refused';
  receiver.on('message', ({ type, sender: by }) => {
    if (type === MessageType.SIGNAL && by === own) reach = 'arrived';
  });
  const signal = { path: '/', interface: 'org.example.Stranger', member: 'Said' };
  sender.send(new Message({ type: MessageType.SIGNAL, destination: to, ...signal }));
  await passed(sender);
  await passed(receiver); // which is behind the signal, if that is on its way
  return reach;
};

/**
 * Can somebody who owns none of the names that the daemon listens to send it a signal? Tried between two connections of this
 * process: the bus looks at who receives (dbus-daemon(1), `receive_sender`), which is the same user. One value.
 */
export const signalToSelf = (address = process.env.DBUS_SYSTEM_BUS_ADDRESS ?? DEFAULT_ADDRESS): Observable<Reach> =>
  combineLatest([connected(address), connected(address)]).pipe(
    mergeMap(([sender, receiver]) => from(attempt(sender, receiver))),
    timeout({ first: TIMEOUT }),
    take(1), // which closes both
  );
