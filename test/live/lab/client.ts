import dbus from 'dbus-next';
import type { Lab } from './lab.js';

/** Any program on the bus, with a connection of its own. */
export interface Client {
  /** its unique name */
  readonly name: string;
  /** Sends a signal, to one receiver only if one is given, and waits until the bus has it. */
  readonly emit: (signal: {
    path: string;
    of: string;
    member: string;
    signature: string;
    body: unknown[];
    to?: string;
  }) => Promise<void>;
  readonly close: () => void;
}

/** Connects to the laboratory's bus from outside, as root. */
export const connectClient = async (lab: Lab): Promise<Client> => {
  const bus = dbus.sessionBus({ busAddress: `unix:path=${lab.path('/run/dbus/system_bus_socket')}` });
  const ask = (member: string): Promise<dbus.Message | null> =>
    bus.call(
      new dbus.Message({
        destination: 'org.freedesktop.DBus',
        path: '/org/freedesktop/DBus',
        interface: 'org.freedesktop.DBus',
        member,
      }),
    );
  await ask('GetId');
  return {
    name: (bus as unknown as { name: string }).name,
    emit: async ({ path, of, member, signature, body, to }) => {
      const destination = to === undefined ? {} : { destination: to };
      bus.send(
        new dbus.Message({
          type: dbus.MessageType.SIGNAL,
          path,
          interface: of,
          member,
          signature,
          body,
          ...destination,
        }),
      );
      await ask('GetId');
    },
    close: () => bus.disconnect(),
  };
};

/** The unique name of a process of the laboratory on the bus. */
export const nameOnBus = (lab: Lab, pid: number): Promise<string> =>
  lab.until(`process ${pid} on the bus`, async () => {
    const listed = JSON.parse(await lab.sh('busctl --json=short list')) as readonly {
      name: string;
      pid: number | null;
    }[];
    return listed.find(each => each.pid === pid && each.name.startsWith(':'))?.name;
  });
