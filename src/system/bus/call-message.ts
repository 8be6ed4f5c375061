import type { Call } from './bus-types.js';
import { MessageType } from './bus-stream.js';
import { Variant, written } from './dbus-writer.js';

const NO_AUTO_START = 2;
const VERSION = 1;

/** A message (D-Bus specification, "Message Format"). */
const message = (type: number, flags: number, serial: number, request: Call, content: Buffer): Buffer => {
  const { destination, path, interface: iface, member, signature = '' } = request;
  const fields: readonly (readonly [number, Variant])[] = [
    [1, new Variant('o', path)],
    [2, new Variant('s', iface)],
    [3, new Variant('s', member)],
    [6, new Variant('s', destination)],
    ...(signature === '' ? [] : [[8, new Variant('g', signature)] as const]),
  ];
  const start = ['l'.charCodeAt(0), type, flags, VERSION, content.length, serial, fields];
  const header = written('yyyyuua(yv)', start);
  return Buffer.concat([header, Buffer.alloc(-header.length & 7), content]);
};

/** The message that a call is. */
export const callMessage = (serial: number, request: Call): Buffer => {
  const { signature = '', body = [], autoStart = false } = request;
  return message(MessageType.CALL, autoStart ? 0 : NO_AUTO_START, serial, request, written(signature, body));
};

/** A signal to one connection, without arguments. */
export const signalMessage = (to: Pick<Call, 'destination' | 'path' | 'interface' | 'member'>): Buffer =>
  message(MessageType.SIGNAL, 0, 1, to, Buffer.alloc(0));
