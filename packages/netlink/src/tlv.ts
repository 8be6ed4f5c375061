/**
 * Netlink attributes (type, length, value) as a table of fields, each with its number and its form: what it reads, what it
 * writes and its type follow. No policy: what a table does not know, or has in another size, is kept raw.
 */
import { Attributes, LE, Malformed, type RawAttribute } from './codec/attributes.js';
import { ipv4Text, ipv6Text } from './codec/ip-text.js';
import { Writer } from './codec/writer.js';

export type { Attributes, Writer };

/** One attribute: its number, and how its payload is read and written. */
export interface Field<T> {
  readonly type: number;
  /** `before`: what an earlier attribute of the same type gave. Throws Malformed. */
  read(attribute: Attributes, before: T | undefined): T;
  write(writer: Writer, type: number, value: T): void;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The object that a table describes. Any field may be missing; `unknown` has the attributes that the table does not know. */
export type Decoded<F extends Fields> = {
  readonly [K in keyof F]?: (F[K] extends Field<infer T> ? T : never) | undefined;
} & { readonly unknown?: readonly RawAttribute[] | undefined };

/** Reads and writes what a table describes. */
export interface Codec<T> {
  /** Reads all attributes that follow. Throws Malformed for lengths that break the protocol. */
  read(attributes: Attributes): T;
  write(writer: Writer, value: T): void;
  /** The same, of bytes; undefined: they break the protocol. */
  decode(bytes: Uint8Array): T | undefined;
  encode(value: T): Uint8Array;
}

/** Of a reader and a writer. */
export function codec<T>(read: (attributes: Attributes) => T, write: (writer: Writer, value: T) => void): Codec<T> {
  return {
    read,
    write,
    decode(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return attempt(() => read(new Attributes(view, 0, bytes.length)));
    },
    encode(value) {
      const writer = new Writer();
      write(writer, value);
      return writer.bytes();
    },
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** An object whose fields are attributes. */
export function attributes<F extends Fields>(fields: F): Codec<Decoded<F>>;
export function attributes(fields: Fields): Codec<Readonly<Record<string, unknown>>> {
  const all = Object.entries(fields);
  const names = new Map(all.map(([name, field]) => [field.type, [name, field] as const]));
  const write = (writer: Writer, { unknown, ...values }: { unknown?: readonly RawAttribute[] }): void => {
    const given = new Map<string, unknown>(Object.entries(values));
    for (const [name, field] of all) {
      const value = given.get(name);
      if (value !== undefined) field.write(writer, field.type, value);
    }
    writer.rawAttributes(unknown);
  };
  return codec(attributes => {
    const found: Record<string, unknown> = {};
    const unknown: RawAttribute[] = [];
    while (attributes.next()) {
      const [name, field] = names.get(attributes.type) ?? [];
      const value = name === undefined ? undefined : attempt(() => field?.read(attributes, found[name]));
      if (name !== undefined && value !== undefined) found[name] = value;
      else unknown.push(attributes.raw());
    }
    return unknown.length > 0 ? { ...found, unknown } : found;
  }, write);
}

/** Where a payload of so many bytes starts. */
function exactly({ type, at, length }: Attributes, size: number): number {
  if (length !== size) throw new Malformed(`attribute ${type} of ${length} bytes, expected ${size}`, at - 4);
  return at;
}

const form =
  <T>(read: (attribute: Attributes) => T, write: (writer: Writer, type: number, value: T) => void) =>
  (type: number): Field<T> => ({ type, read, write });

export const u8 = /* @__PURE__ */ form(
  attribute => attribute.u8(),
  (writer, type, value: number) => writer.u8Attribute(type, value),
);
export const u16 = /* @__PURE__ */ form(
  attribute => attribute.u16(),
  (writer, type, value: number) => writer.u16Attribute(type, value),
);
/** In network byte order: ports, protocols. */
export const u16be = /* @__PURE__ */ form(
  attribute => attribute.u16be(),
  (writer, type, value: number) => writer.bytesAttribute(type, Uint8Array.of(value >> 8, value)),
);
export const u32 = /* @__PURE__ */ form(
  attribute => attribute.u32(),
  (writer, type, value: number) => writer.u32Attribute(type, value),
);
export const u32be = /* @__PURE__ */ form(
  attribute => attribute.view.getUint32(exactly(attribute, 4)),
  (writer, type, value: number) =>
    writer.bytesAttribute(type, Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)),
);
export const i32 = /* @__PURE__ */ form(
  attribute => attribute.i32(),
  (writer, type, value: number) => writer.u32Attribute(type, value),
);
/** Exact up to 2^53. */
export const u64 = /* @__PURE__ */ form(
  attribute => Number(attribute.view.getBigUint64(exactly(attribute, 8), LE)),
  (writer, type, value: number) => writer.attribute(type, () => writer.u64(value)),
);
/** A byte that is 0 or not. */
export const bool = /* @__PURE__ */ form(
  attribute => attribute.u8() !== 0,
  (writer, type, value: boolean) => writer.u8Attribute(type, value ? 1 : 0),
);
/** An attribute without a payload, which is there or not (NLA_FLAG); some are told as a byte nevertheless. */
export const flag = /* @__PURE__ */ form(
  attribute => attribute.length === 0 || attribute.u8() !== 0,
  (writer, type, value: boolean) => {
    if (value) writer.bytesAttribute(type, new Uint8Array());
  },
);
/** Ends with a NUL. */
export const text = /* @__PURE__ */ form(
  attribute => attribute.text(),
  (writer, type, value: string) => writer.textAttribute(type, value),
);
export const bytes = /* @__PURE__ */ form(
  attribute => attribute.bytes(),
  (writer, type, value: Uint8Array) => writer.bytesAttribute(type, value),
);
/** A hardware address: `02:00:5e:10:00:01`. */
export const mac = /* @__PURE__ */ form(
  attribute => attribute.mac(),
  (writer, type, value: string) => writer.macAttribute(type, value),
);
/** An address of IPv4 or IPv6, as its length says. */
export const ip = /* @__PURE__ */ form(
  attribute =>
    attribute.length === 16 ? ipv6Text(attribute.view, attribute.at) : ipv4Text(attribute.view, exactly(attribute, 4)),
  (writer, type, value: string) => writer.ipAttribute(type, value),
);

/** Attributes within one. */
export function nested<T>(type: number, inner: Codec<T>): Field<T> {
  return {
    type,
    read: attribute => inner.read(attribute.nested()),
    write: (writer, type, value) => writer.nested(type, () => inner.write(writer, value)),
  };
}

/** Any number of attributes of the form of `element` within one: of its type, or numbered from its type on. */
export function list<T>(
  type: number,
  element: Field<T>,
  numbering: 'same' | 'ascending' = 'same',
): Field<readonly T[]> {
  return {
    type,
    read: attribute => {
      const found: T[] = [];
      const elements = attribute.nested();
      while (elements.next()) found.push(element.read(elements, undefined));
      return found;
    },
    write: (writer, type, values) =>
      writer.nested(type, () => {
        for (const [nth, value] of values.entries())
          element.write(writer, numbering === 'same' ? element.type : element.type + nth, value);
      }),
  };
}

/** An attribute that may be there again and again. */
export function repeated<T>(element: Field<T>): Field<readonly T[]> {
  return {
    type: element.type,
    read: (attribute, before = []) => [...before, element.read(attribute, undefined)],
    write: (writer, type, values) => {
      for (const value of values) element.write(writer, type, value);
    },
  };
}

/** A struct of `size` bytes; newer kernels may append fields. */
export function struct<T>(
  type: number,
  size: number,
  read: (view: DataView, at: number) => T,
  write: (writer: Writer, value: T) => void,
): Field<T> {
  return {
    type,
    read: attribute => read(attribute.view, attribute.struct(size)),
    write: (writer, type, value) => writer.attribute(type, () => write(writer, value)),
  };
}
