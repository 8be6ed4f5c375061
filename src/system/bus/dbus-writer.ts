import { type Type, typesOf } from './dbus-types.js';

/** A value that says its own type, which must be a single one. */
export class Variant {
  constructor(
    readonly signature: string,
    readonly value: unknown,
  ) {}
}

const wrong = (type: string, value: unknown): never => {
  throw new TypeError(`D-Bus: expected a value of type ${type}, found ${String(value)}`);
};

/** What is in a list, in bytes, or in an object: pairs. */
const itemsOf = (type: string, value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  if (value instanceof Uint8Array) return [...value];
  return typeof value === 'object' && value !== null ? Object.entries(value) : wrong(type, value);
};

/** The bytes of these values, little-endian. Throws a TypeError where a value is not of its type: a defect of ours. */
export const written = (signature: string, values: readonly unknown[]): Buffer => {
  const out: number[] = [];
  const align = (to: number): void => {
    while (out.length % to !== 0) out.push(0);
  };
  const integer = (type: string, value: unknown, size: number, at = out.length): void => {
    if (typeof value !== 'number' && typeof value !== 'bigint') return wrong(type, value);
    let rest = BigInt(value);
    for (let n = 0; n < size; n += 1, rest >>= 8n) out[at + n] = Number(rest & 255n);
  };
  const text = (type: string, value: unknown, lengthSize: number): void => {
    if (typeof value !== 'string') return wrong(type, value);
    const bytes = Buffer.from(value);
    integer('u', bytes.length, lengthSize);
    for (const byte of bytes) out.push(byte);
    out.push(0);
  };
  const array = ([inner]: readonly Type[], items: readonly unknown[]): void => {
    if (inner === undefined) return;
    const length = out.length;
    out.push(0, 0, 0, 0);
    align(inner.alignment);
    const start = out.length;
    for (const item of items) write(inner, item);
    integer('u', out.length - start, 4, length);
  };
  const write = (type: Type, value: unknown): void => {
    align(type.alignment);
    switch (type.code) {
      case 's':
      case 'o':
        text(type.code, value, 4);
        break;
      case 'g':
        text(type.code, value, 1);
        break;
      case 'b':
        integer(type.code, value === true ? 1 : value === false ? 0 : value, 4);
        break;
      case 'y':
      case 'n':
      case 'q':
      case 'i':
      case 'u':
      case 'x':
      case 't':
        integer(type.code, value, type.alignment);
        break;
      case 'v':
        if (!(value instanceof Variant)) return wrong(type.code, value);
        text('g', value.signature, 1);
        writeAll(typesOf(value.signature), [value.value]);
        break;
      case 'a':
        array(type.inner, itemsOf(type.code, value));
        break;
      case '(':
      case '{':
        writeAll(type.inner, itemsOf(type.code, value));
        break;
      default:
        return wrong(type.code, value); // nobody is sent doubles or descriptors
    }
  };
  const writeAll = (types: readonly Type[], all: readonly unknown[]): void => {
    if (types.length !== all.length) wrong(`${types.length} values`, all);
    types.forEach((type, n) => write(type, all[n]));
  };
  writeAll(typesOf(signature), values);
  return Buffer.from(out);
};
