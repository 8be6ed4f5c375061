/** Writing netlink messages and attributes into a buffer that grows. */
import { NLA_F_NESTED } from '../constants.js';
import { ipBytes, macBytes } from './ip-bytes.js';
import { LE, type RawAttribute } from './attributes.js';
import { textToBytes } from '../text.js';

export class Writer {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  u8(...values: readonly number[]): void {
    const at = this.#grow(values.length);
    this.#bytes.set(values, at);
  }

  u16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, LE);
  }

  u32(...values: readonly number[]): void {
    let at = this.#grow(4 * values.length);
    for (const value of values) {
      this.#view.setUint32(at, value, LE);
      at += 4;
    }
  }

  u64(value: number): void {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, BigInt(value), LE);
  }

  u64be(value: number): void {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, BigInt(value));
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Writes what `body` writes as one message: struct nlmsghdr in front, its length filled in behind, padded to 4 bytes. */
  message(type: number, flags: number, sequence: number, body: (writer: Writer) => void): void {
    const start = this.#grow(16);
    body(this);
    this.#view.setUint32(start, this.#length - start, LE);
    this.#view.setUint16(start + 4, type, LE);
    this.#view.setUint16(start + 6, flags, LE);
    this.#view.setUint32(start + 8, sequence, LE);
    this.#align();
  }

  /** Writes what `body` writes behind its length in 16 bits, padded to 4 bytes: an attribute, a next hop. */
  sized(body: () => void): void {
    const start = this.#grow(2);
    body();
    const length = this.#length - start;
    if (length > 0xffff) throw new RangeError(`${length} bytes in one attribute, expected at most 65535`);
    this.#view.setUint16(start, length, LE);
    this.#align();
  }

  attribute(type: number, body: () => void): void {
    this.sized(() => {
      this.u16(type);
      body();
    });
  }

  nested(type: number, body: () => void): void {
    this.attribute(type | NLA_F_NESTED, body);
  }

  // An attribute each, nothing when the value is undefined.

  u8Attribute(type: number, value: number | undefined): void {
    if (value === undefined) return;
    const at = this.#header(type, 1);
    this.#view.setUint8(at, value);
  }

  u16Attribute(type: number, value: number | undefined): void {
    if (value === undefined) return;
    const at = this.#header(type, 2);
    this.#view.setUint16(at, value, LE);
  }

  u32Attribute(type: number, value: number | undefined): void {
    if (value === undefined) return;
    const at = this.#header(type, 4);
    this.#view.setUint32(at, value, LE);
  }

  /** Throws a RangeError for text with a NUL, where it would end. */
  textAttribute(type: number, value: string | undefined): void {
    if (value === undefined) return;
    if (value.includes('\0')) throw new RangeError(`expected a text without NUL, found ${JSON.stringify(value)}`);
    this.bytesAttribute(type, textToBytes(`${value}\0`));
  }

  /** The name of a link. Throws a RangeError for an empty one, which the kernel takes for none at all. */
  nameAttribute(type: number, value: string | undefined): void {
    if (value === '') throw new RangeError('expected the name of a link, found ""');
    this.textAttribute(type, value);
  }

  ipAttribute(type: number, value: string | undefined): void {
    if (value !== undefined) this.bytesAttribute(type, ipBytes(value));
  }

  /** Throws a RangeError for text that is no hardware address. */
  macAttribute(type: number, value: string | undefined): void {
    if (value !== undefined) this.bytesAttribute(type, macBytes(value));
  }

  bytesAttribute(type: number, value: Uint8Array | undefined): void {
    if (value === undefined) return;
    const at = this.#header(type, value.length);
    this.#bytes.set(value, at);
  }

  rawAttributes(attributes: readonly RawAttribute[] = []): void {
    for (const { type, bytes } of attributes) this.bytesAttribute(type, bytes);
  }

  /** Writes the header of an attribute, makes room for its payload and padding, and tells where the payload goes. */
  #header(type: number, length: number): number {
    if (length > 0xfffb) throw new RangeError(`${length} bytes in one attribute, expected at most 65531`);
    const at = this.#grow((length + 7) & ~3);
    this.#view.setUint16(at, length + 4, LE);
    this.#view.setUint16(at + 2, type, LE);
    return at + 4;
  }

  #align(): void {
    this.#grow(-this.#length & 3);
  }

  /** Makes room of zeros, and tells where; the view may be another one afterwards. */
  #grow(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
