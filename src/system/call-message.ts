import type { Call } from './bus.js';
import { Variant, written } from './dbus-writer.js';

const METHOD_CALL = 1;
const NO_AUTO_START = 2;
const VERSION = 1;

/** The message that a call is (D-Bus specification, "Message Format"). */
export const callMessage = (serial: number, request: Call): Buffer => {
  const { destination, path, interface: iface, member, signature = '', body = [], autoStart = false } = request;
  const content = written(signature, body);
  const fields: readonly (readonly [number, Variant])[] = [
    [1, new Variant('o', path)],
    [2, new Variant('s', iface)],
    [3, new Variant('s', member)],
    [6, new Variant('s', destination)],
    ...(signature === '' ? [] : [[8, new Variant('g', signature)] as const]),
  ];
  const flags = autoStart ? 0 : NO_AUTO_START;
  const start = ['l'.charCodeAt(0), METHOD_CALL, flags, VERSION, content.length, serial, fields];
  const header = written('yyyyuua(yv)', start);
  return Buffer.concat([header, Buffer.alloc(-header.length & 7), content]);
};
