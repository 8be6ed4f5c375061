import dbus from 'dbus-next';
import type { Lab } from '../lab.js';

export interface Emission {
  readonly path: string;
  /** the interface */
  readonly of: string;
  readonly member: string;
  readonly signature: string;
  readonly body: unknown[];
}

/** Any program on the bus, with a connection of its own. */
export interface Client {
  /** its unique name */
  readonly name: string;
  /** Becomes the owner of a well-known name. */
  readonly own: (name: string) => Promise<void>;
  /** Sends a signal to everybody, or to each of these alone, and waits until the bus has it. */
  readonly emit: (signal: Emission, to?: readonly string[]) => Promise<void>;
  readonly close: () => void;
}

/** Connects to the laboratory's bus from outside, as root. */
export const connectClient = async (lab: Pick<Lab, 'path'>): Promise<Client> => {
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
  let isClosed = false;
  bus.addMethodHandler(() => isClosed); // calls that are still read after its end would be answered, which throws
  return {
    name: (bus as unknown as { name: string }).name,
    own: async name => {
      await bus.requestName(name, 0);
    },
    emit: async ({ of, ...signal }, to) => {
      for (const destination of to ?? [undefined])
        bus.send(
          new dbus.Message({
            type: dbus.MessageType.SIGNAL,
            ...signal,
            interface: of,
            ...(destination !== undefined && { destination }),
          }),
        );
      await ask('GetId');
    },
    close: () => {
      isClosed = true;
      bus.disconnect();
    },
  };
};

/** The unique names of a process of the laboratory on the bus: one for each of its connections. */
export const namesOnBus = (lab: Lab, pid: number): Promise<readonly string[]> =>
  lab.until(`process ${pid} on the bus`, async () => {
    const listed = JSON.parse(await lab.sh('busctl --json=short list')) as readonly {
      name: string;
      pid: number | null;
    }[];
    const names = listed.filter(each => each.pid === pid && each.name.startsWith(':')).map(({ name }) => name);
    return names.length > 0 && names;
  });
