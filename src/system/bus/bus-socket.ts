import { connect, type Socket } from 'node:net';
import { getuid } from 'node:process';

/** bytes */
const CHUNK_BYTES = 1 << 16;

/** $DBUS_SYSTEM_BUS_ADDRESS, or the well-known address (D-Bus specification, "System message bus"). */
export const systemBusAddress = (): string =>
  process.env.DBUS_SYSTEM_BUS_ADDRESS ?? 'unix:path=/run/dbus/system_bus_socket';

const unescaped = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The first Unix socket in an address list, for `connect` (D-Bus specification, "Server Addresses"); undefined: there is none. */
export const socketPath = (addresses: string): string | undefined => {
  const found = addresses.split(';').flatMap(address => {
    const [, kind, value = ''] = /^unix:(?:.*,)?(path|abstract)=([^,]+)/.exec(address) ?? [];
    return kind === undefined ? [] : [kind === 'abstract' ? `\0${unescaped(value)}` : unescaped(value)];
  });
  return found[0];
};

/**
 * Connects, and authenticates as the user of this process. What is written from then on are messages: the bus reads them
 * only if it says OK. Without NEGOTIATE_UNIX_FD the bus hands us no descriptors, ever. A chunk that is heard lies where the
 * next one will: what is thrown away leaves no garbage.
 */
export const openSocket = (path: string, heard: (chunk: Buffer) => void): Socket => {
  const onread = {
    buffer: Buffer.alloc(CHUNK_BYTES),
    callback: (length: number, buffer: Uint8Array) => {
      heard(Buffer.from(buffer.buffer, buffer.byteOffset, length));
      return true;
    },
  };
  const socket = connect({ path, onread });
  const user = Buffer.from(String(getuid?.() ?? 0)).toString('hex');
  socket.write(`\0AUTH EXTERNAL ${user}\r\nBEGIN\r\n`);
  return socket;
};
