import { reader } from './dbus-reader.js';
import type { Type } from './dbus-types.js';

/** What a message says of itself before its body (D-Bus specification, "Header fields"). */
export interface Header {
  readonly type: number;
  readonly isLittle: boolean;
  /** bytes */
  readonly bodyLength: number;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly errorName: string;
  readonly replySerial: number;
  readonly sender: string;
  readonly signature: string;
}

export const MessageType = { CALL: 1, RETURN: 2, ERROR: 3, SIGNAL: 4 } as const;

export interface Listener {
  /** By its header alone: is the message to be read? The bodies of all others are thrown away as they arrive. */
  readonly wants: (header: Header) => boolean;
  readonly take: (header: Header, body: Buffer) => void;
}

/** How many bytes a StreamReader wants next, and whether only to throw them away. */
interface Wish {
  readonly bytes: number;
  readonly isWaste?: true;
}
/** In the end it says why nothing more can be read. */
type StreamReader = Generator<Wish, string, Buffer>;

/** Of the bus's answer to AUTH; bytes. */
const MAX_LINE_BYTES = 1024;
/** Before the fields; bytes. */
const HEADER_BYTES = 16;
/** No message that is wanted here has more of them: names have at most 255 bytes, and the paths of links are short. */
const MAX_FIELDS_BYTES = 4096;
/** The specification allows no more; bytes. */
const MAX_MESSAGE_BYTES = 1 << 27;
const LITTLE = 'l'.charCodeAt(0);
const BIG = 'B'.charCodeAt(0);
const VERSION = 1;
const BYTE: Type = { code: 'y', alignment: 1, inner: [] };
const VARIANT: Type = { code: 'v', alignment: 1, inner: [] };

/** Values by the codes of the fields; undefined: they cannot be read. */
const fieldsOf = (bytes: Buffer, length: number, isLittle: boolean): ReadonlyMap<unknown, unknown> | undefined => {
  const fields = new Map<unknown, unknown>();
  try {
    const { align, next, at } = reader(bytes, isLittle);
    while (at() < length) {
      align(8);
      fields.set(next(BYTE), next(VARIANT));
    }
    return fields;
  } catch {
    return undefined;
  }
};

/**
 * Reads what a bus says: the answer to AUTH, then messages (D-Bus specification, "Authentication Protocol" and "Message
 * Format"). Whatever arrives, nothing is thrown, and of no message more is kept than the listener wanted.
 */
export const busReader = function* ({ wants, take }: Listener): StreamReader {
  let line = '';
  while (!line.endsWith('\n')) {
    if (line.length === MAX_LINE_BYTES) break;
    line += (yield { bytes: 1 }).toString('latin1');
  }
  if (!line.startsWith('OK ')) return `expected OK in answer to AUTH, found ${JSON.stringify(line)}`;
  for (;;) {
    const fixed = yield { bytes: HEADER_BYTES };
    const [endianness, type = 0, , version] = fixed;
    const isLittle = endianness === LITTLE;
    const bodyLength = isLittle ? fixed.readUInt32LE(4) : fixed.readUInt32BE(4);
    const fieldsLength = isLittle ? fixed.readUInt32LE(12) : fixed.readUInt32BE(12);
    const padded = Math.ceil(fieldsLength / 8) * 8;
    if (
      !(isLittle || endianness === BIG) ||
      version !== VERSION ||
      HEADER_BYTES + padded + bodyLength > MAX_MESSAGE_BYTES
    )
      return `expected a D-Bus message, found ${fixed.toString('hex')}`;
    if (fieldsLength > MAX_FIELDS_BYTES) {
      yield { bytes: padded + bodyLength, isWaste: true };
      continue;
    }
    const fields = fieldsOf(yield { bytes: padded }, fieldsLength, isLittle);
    const text = (code: number): string => {
      const value = fields?.get(code);
      return typeof value === 'string' ? value : '';
    };
    const replySerial = fields?.get(5);
    const header: Header = {
      type,
      isLittle,
      bodyLength,
      path: text(1),
      interface: text(2),
      member: text(3),
      errorName: text(4),
      replySerial: typeof replySerial === 'number' ? replySerial : 0,
      sender: text(7),
      signature: text(8),
    };
    if (fields !== undefined && wants(header)) take(header, yield { bytes: bodyLength });
    else yield { bytes: bodyLength, isWaste: true };
  }
};

/** Gives a reader what it wants of the chunks of a stream; gives why it reads no more, once that is so. Keeps copies only. */
export const feeding = (stream: StreamReader): ((chunk: Buffer) => string | undefined) => {
  let parts: Buffer[] = [];
  let held = 0;
  let waste = 0;
  const ask = (given: Buffer): IteratorResult<Wish, string> => {
    const wish = stream.next(given);
    if (wish.done === true || wish.value.isWaste === undefined) return wish;
    waste = wish.value.bytes;
    return ask(given);
  };
  let wish = ask(Buffer.alloc(0));
  return chunk => {
    held += chunk.length;
    if (wish.done !== true && waste === 0 && held < wish.value.bytes) {
      parts.push(Buffer.from(chunk));
      return undefined;
    }
    let rest = parts.length === 0 ? chunk : Buffer.concat([...parts, chunk]);
    while (wish.done !== true) {
      const wasted = Math.min(waste, rest.length);
      rest = rest.subarray(wasted);
      waste -= wasted;
      const { bytes } = wish.value;
      if (waste > 0 || rest.length < bytes) break;
      const given = rest.subarray(0, bytes);
      rest = rest.subarray(bytes);
      wish = ask(given);
    }
    parts = rest.length === 0 ? [] : [Buffer.from(rest)];
    held = rest.length;
    return wish.done === true ? wish.value : undefined;
  };
};
