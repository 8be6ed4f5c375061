import { once } from 'node:events';
import { connect } from 'node:net';

/** Whatever a header shall say; nothing is checked. The numbers of the fields are those of the D-Bus specification. */
export interface RawHeader {
  readonly type: 'call' | 'return' | 'error' | 'signal';
  readonly flags?: number;
  readonly serial?: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  readonly sender?: string;
  readonly signature?: string;
  readonly version?: number;
  /** what it says of the body's length, if that is not so */
  readonly bodyLength?: number;
}

const types = { call: 1, return: 2, error: 3, signal: 4 } as const;
const fields = [
  ['path', 1, 'o'],
  ['interface', 2, 's'],
  ['member', 3, 's'],
  ['errorName', 4, 's'],
  ['replySerial', 5, 'u'],
  ['destination', 6, 's'],
  ['sender', 7, 's'],
  ['signature', 8, 'g'],
] as const;

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
/** The bytes of an `s` or `o`. */
export const text = (value: string): Buffer =>
  Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);
/** The bytes of a `g`. */
export const signature = (value: string): Buffer => Buffer.from(`${String.fromCharCode(value.length)}${value}\0`);
/** With zeros up to the next multiple of so many bytes. */
export const padded = (bytes: Buffer, to: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);

/** The bytes of a message, little-endian; the body is taken as it is. */
export const rawMessage = (header: RawHeader, body: Buffer = Buffer.alloc(0)): Buffer => {
  const written = fields.reduce((before, [name, code, type]) => {
    const value = header[name];
    if (value === undefined) return before;
    const start = Buffer.concat([Buffer.from([code]), signature(type)]);
    const bytes = typeof value === 'number' ? uint32(value) : type === 'g' ? signature(value) : text(value);
    return Buffer.concat([padded(before, 8), start, bytes]);
  }, Buffer.alloc(0));
  const { type, flags = 0, version = 1, serial = 1, bodyLength = body.length } = header;
  const start = Buffer.from(['l'.charCodeAt(0), types[type], flags, version]);
  const length = uint32(written.length);
  return Buffer.concat([padded(Buffer.concat([start, uint32(bodyLength), uint32(serial), length, written]), 8), body]);
};

const BUS = 'org.freedesktop.DBus';
const toBus = { type: 'call', destination: BUS, path: '/org/freedesktop/DBus', interface: BUS } as const;

/** A connection on which anything can be sent. */
export interface RawBus {
  /** its unique name */
  readonly name: string;
  /** Sends bytes as they are; resolves when the kernel has taken them. */
  readonly send: (bytes: Buffer) => Promise<void>;
  /** Resolves when the bus has read everything that was sent so far. */
  readonly settled: () => Promise<void>;
  /** when the bus has closed it, which it does to what it cannot read */
  readonly closed: Promise<unknown>;
  readonly close: () => void;
}

/** Connects to the bus at a socket, as whoever this process is, and says Hello. Needs nothing but Node. */
export const connectRaw = async (path: string): Promise<RawBus> => {
  const socket = connect(path);
  const closed = once(socket, 'close').catch(() => undefined);
  await once(socket, 'connect');
  const send = (bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => socket.write(bytes, error => (error ? reject(error) : resolve())));
  const heard = async (what: RegExp): Promise<string> => {
    for (let all = ''; ;) {
      const [bytes] = (await Promise.race([
        once(socket, 'data'),
        closed.then(() => Promise.reject(new Error(`the bus closed the connection before it said ${String(what)}`))),
      ])) as [Buffer];
      all = `${all}${bytes.toString('latin1')}`.slice(-10_000);
      const found = what.exec(all);
      if (found !== null) return found[1] ?? '';
    }
  };
  await send(Buffer.from(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.())).toString('hex')}\r\n`));
  await heard(/^OK .*\r\n/);
  await send(Buffer.from('BEGIN\r\n'));
  await send(rawMessage({ ...toBus, member: 'Hello' }));
  const name = await heard(/(:\d+\.\d+)\0/);
  const settled = async (): Promise<void> => {
    const id = heard(/([0-9a-f]{32})\0/);
    await send(rawMessage({ ...toBus, member: 'GetId', serial: 2 }));
    await id;
  };
  socket.resume();
  return { name, send, settled, closed, close: () => socket.destroy() };
};
