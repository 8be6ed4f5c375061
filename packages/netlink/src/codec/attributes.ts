/** Reading netlink attributes (struct nlattr, linux/netlink.h): 16 bits length, 16 bits type, payload, padded to 4 bytes. */
import { endianness } from 'node:os';
import { AF_INET6, NLA_TYPE_MASK, RTNL_FAMILY_IP6MR } from '../constants.js';
import { ipv4Text, ipv6Text, macText } from './ip-text.js';
import { bytesToText } from '../text.js';

/** The byte order of this machine, which is that of netlink. */
export const LE = endianness() === 'LE';

/** An attribute that this version does not know, as it came. */
export interface RawAttribute {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** What a decoder throws at bytes that break the protocol; it never leaves the codec. */
export class Malformed extends Error {
  /** Where in the view. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** A cursor over the attributes in view[from, end): next() steps to an attribute, the other methods read its payload. */
export class Attributes {
  readonly view: DataView;
  /** Type of the current attribute, without the flags for nesting and byte order. */
  type = 0;
  /** Where the payload of the current attribute starts in the view, and its length in bytes. */
  at = 0;
  length = 0;
  readonly #end: number;
  #next: number;

  constructor(view: DataView, from: number, end: number) {
    this.view = view;
    this.#next = from;
    this.#end = end;
  }

  /** Steps to the attribute that starts here. */
  seek(at: number): void {
    this.#next = at;
    this.next();
  }

  /** Where the next attribute starts. */
  get end(): number {
    return this.#next;
  }

  next(): boolean {
    const start = this.#next;
    // Fewer bytes than a header: padding behind the last attribute, as the kernel too ignores it.
    if (start + 4 > this.#end) return false;
    // One read for both fields: reads are what costs before the code is optimised.
    const header = this.view.getUint32(start, LE);
    const length = LE ? header & 0xffff : header >>> 16;
    if (length < 4 || start + length > this.#end)
      throw new Malformed(`attribute length ${length}, expected 4 to ${this.#end - start}`, start);
    this.type = (LE ? header >>> 16 : header) & NLA_TYPE_MASK;
    this.at = start + 4;
    this.length = length - 4;
    this.#next = (start + length + 3) & ~3;
    return true;
  }

  u8(): number {
    this.#expect(1);
    return this.view.getUint8(this.at);
  }

  u16(): number {
    this.#expect(2);
    return this.view.getUint16(this.at, LE);
  }

  u16be(): number {
    this.#expect(2);
    return this.view.getUint16(this.at);
  }

  u32(): number {
    if (this.length !== 4) this.#expect(4);
    return this.view.getUint32(this.at, LE);
  }

  i32(): number {
    this.#expect(4);
    return this.view.getInt32(this.at, LE);
  }

  /** A counter of 64 bits; exact up to 2^53. */
  u64be(): number {
    this.#expect(8);
    return Number(this.view.getBigUint64(this.at));
  }

  /** Text up to the first NUL, or to the end; see text.ts for what is not UTF-8. */
  text(): string {
    let text = '';
    for (let i = 0; i < this.length; i++) {
      const code = this.view.getUint8(this.at + i);
      if (code === 0) return text;
      if (code > 127) return bytesToText(this.bytes()).split('\0', 1)[0] ?? '';
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** An IP address, of IPv6 if that is the family, else of IPv4. */
  ip(family: number): string {
    if (family === AF_INET6 || family === RTNL_FAMILY_IP6MR) {
      this.#expect(16);
      return ipv6Text(this.view, this.at);
    }
    this.#expect(4);
    return ipv4Text(this.view, this.at);
  }

  /** A hardware address of any length. */
  mac(): string {
    return macText(this.view, this.at, this.length);
  }

  /** A copy of the payload: the view is overwritten by the next receive. */
  bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.at, this.length).slice();
  }

  raw(): RawAttribute {
    return { type: this.type, bytes: this.bytes() };
  }

  nested(): Attributes {
    return new Attributes(this.view, this.at, this.at + this.length);
  }

  /** Where a struct of at least `size` bytes starts; newer kernels may append fields. */
  struct(size: number): number {
    if (this.length < size) this.#expect(size);
    return this.at;
  }

  #expect(size: number): void {
    if (this.length !== size)
      throw new Malformed(`attribute ${this.type} of ${this.length} bytes, expected ${size}`, this.at - 4);
  }
}
