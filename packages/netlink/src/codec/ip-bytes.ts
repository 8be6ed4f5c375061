/** Addresses and prefixes as bytes, for messages; what is none is told by a RangeError. */
import { parseIp, parsePrefix, type Prefix } from '../ip.js';

/** The bytes of an address: 4 or 16. Throws a RangeError for text that is no IP address. */
export function ipBytes(text: string): Uint8Array {
  const bytes = parseIp(text);
  if (bytes === undefined) throw new RangeError(`expected an IPv4 or IPv6 address, found "${text}"`);
  return bytes;
}

/** `address/length`; without a length the prefix is the single address. Throws a RangeError for anything else. */
export function prefixBytes(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  const bits = ipBytes(text.split('/', 1)[0] ?? '').length * 8;
  throw new RangeError(`expected a prefix length from 0 to ${bits}, found "${text}"`);
}

/** `02:00:5e:10:00:01`, of any length. Throws a RangeError for anything that is not pairs of hexadecimal digits. */
export function macBytes(text: string): Uint8Array {
  if (!/^([0-9a-f]{2}(:[0-9a-f]{2})*)?$/i.test(text))
    throw new RangeError(`expected a hardware address like 02:00:5e:10:00:01, found "${text}"`);
  return Uint8Array.from(text === '' ? [] : text.split(':'), pair => parseInt(pair, 16));
}
