import { type Type, typesOf } from './dbus-types.js';

/** Arrays, structures and variants in one another (D-Bus specification, "Valid signatures" and "Message format"). */
const MAX_DEPTH = 64;

export interface Reader {
  readonly next: (type: Type) => unknown;
  /** on to the next multiple of so many bytes */
  readonly align: (to: number) => void;
  readonly at: () => number;
}

/**
 * Reads values out of a message's bytes, one after the other: numbers, 64-bit ones as bigint; text; `ay` as a Buffer;
 * other arrays and structures as lists; dictionaries as objects; variants as what is in them. No descriptors are ever
 * passed to us, so an `h` is a mere number. Throws a RangeError at what the bytes do not hold.
 */
export const reader = (bytes: Buffer, isLittle: boolean): Reader => {
  let at = 0;
  const step = (size: number, end = at + size): number => {
    if (end > bytes.length) throw new RangeError(`the message ends before byte ${end}`);
    const from = at;
    at = end;
    return from;
  };
  const align = (to: number): void => {
    at = Math.ceil(at / to) * to;
  };
  const uint32 = (): number => {
    align(4);
    return isLittle ? bytes.readUInt32LE(step(4)) : bytes.readUInt32BE(step(4));
  };
  const text = (length: number): string => {
    const from = step(length + 1); // a zero follows
    return bytes.toString('utf8', from, from + length);
  };
  const array = ([inner]: readonly Type[], depth: number): unknown => {
    const length = uint32();
    if (inner === undefined) throw new RangeError('an array of nothing');
    align(inner.alignment);
    const end = at + length;
    if (end > bytes.length) throw new RangeError(`the message ends before byte ${end}`);
    if (inner.code === 'y') return Buffer.from(bytes.subarray(step(length), end));
    const values: unknown[] = [];
    const entries: [string, unknown][] = [];
    while (at < end)
      if (inner.code === '{') {
        const [key, value] = structure(inner, depth + 1);
        entries.push([String(key), value]);
      } else values.push(value(inner, depth + 1));
    if (at > end) throw new RangeError('an array ends before its last element does');
    return inner.code === '{' ? Object.fromEntries(entries) : values; // which also makes an own key of __proto__
  };
  const structure = ({ inner }: Type, depth: number): readonly unknown[] => {
    align(8);
    return inner.map(type => value(type, depth + 1));
  };
  const variant = (depth: number): unknown => {
    const [type, another] = typesOf(text(bytes.readUInt8(step(1))));
    if (type === undefined || another !== undefined) throw new RangeError('a variant that does not hold one value');
    return value(type, depth + 1);
  };
  const value = (type: Type, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new RangeError(`values in one another, more than ${MAX_DEPTH} deep`);
    align(type.alignment);
    switch (type.code) {
      case 'y':
        return bytes.readUInt8(step(1));
      case 'b':
        return uint32() !== 0;
      case 'n':
        return isLittle ? bytes.readInt16LE(step(2)) : bytes.readInt16BE(step(2));
      case 'q':
        return isLittle ? bytes.readUInt16LE(step(2)) : bytes.readUInt16BE(step(2));
      case 'i':
        return isLittle ? bytes.readInt32LE(step(4)) : bytes.readInt32BE(step(4));
      case 'u':
      case 'h':
        return uint32();
      case 'x':
        return isLittle ? bytes.readBigInt64LE(step(8)) : bytes.readBigInt64BE(step(8));
      case 't':
        return isLittle ? bytes.readBigUInt64LE(step(8)) : bytes.readBigUInt64BE(step(8));
      case 'd':
        return isLittle ? bytes.readDoubleLE(step(8)) : bytes.readDoubleBE(step(8));
      case 's':
      case 'o':
        return text(uint32());
      case 'g':
        return text(bytes.readUInt8(step(1)));
      case 'v':
        return variant(depth);
      case 'a':
        return array(type.inner, depth);
      default:
        return structure(type, depth);
    }
  };
  return { next: type => value(type, 0), align, at: () => at };
};

/** All values of a message's body; undefined: it is not what the signature says. */
export const readBody = (bytes: Buffer, isLittle: boolean, signature: string): readonly unknown[] | undefined => {
  try {
    return typesOf(signature).map(reader(bytes, isLittle).next);
  } catch {
    return undefined;
  }
};
