/**
 * IP addresses and prefixes between text and bytes in network order: dotted decimal as in inet_pton(3), which knows no
 * leading zeros and no short forms, and IPv6 in the text of RFC 4291, written in the canonical form of RFC 5952. Pure: it
 * loads no addon.
 */
import { ipv4Text, ipv6Text } from './codec/ip-text.js';

/** The first `length` bits of `bytes` are given. */
export interface Prefix {
  readonly bytes: Uint8Array;
  readonly length: number;
}

const DECIMAL = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
const GROUP = /^[0-9a-f]{1,4}$/i;
/** INET6_ADDRSTRLEN without its NUL. */
const MAX_IPV6_LENGTH = 45;

/** The 4 or 16 bytes of an address; undefined: the text is none. A zone (`%eth0`) is no part of an address. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** An address of 4 or 16 bytes as the kernel and inet_ntop(3) write it; undefined: it has another length. */
export function formatIp(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length === 4 ? ipv4Text(view, 0) : bytes.length === 16 ? ipv6Text(view, 0) : undefined;
}

/** `192.0.2.0/24`, `2001:db8::/32`; without a length the prefix is the single address. Undefined: the text is none. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const bytes = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const bits = bytes.length * 8;
  if (slash < 0) return { bytes, length: bits };
  const length = text.slice(slash + 1);
  return /^\d{1,3}$/.test(length) && Number(length) <= bits ? { bytes, length: Number(length) } : undefined;
}

function parseIpv4(text: string): Uint8Array | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const bytes = new Uint8Array(4);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    // A full stop comes before the digits.
    if (digit < 0) at++;
    else bytes[at] = (bytes[at] ?? 0) * 10 + digit;
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  if (text.length > MAX_IPV6_LENGTH) return undefined;
  const halves = text.split('::');
  const parts = halves.map((half, nth) => groups(half, nth === halves.length - 1));
  const [head, tail = []] = parts;
  if (head === undefined || parts.includes(undefined) || halves.length > 2) return undefined;
  // The gap of "::" stands for one group of zeros or more.
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return Uint8Array.from(all.flatMap(group => [group >> 8, group & 255]));
}

/** The last 32 bits of an address may be written as IPv4 (RFC 4291, 2.2). */
function groups(half: string, isLast: boolean): readonly number[] | undefined {
  if (half === '') return [];
  const all = half.split(':');
  const embedded = isLast ? parseIpv4(all.at(-1) ?? '') : undefined;
  const hex = embedded === undefined ? all : all.slice(0, -1);
  if (!hex.every(group => GROUP.test(group))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = embedded ?? [];
  return [...hex.map(group => parseInt(group, 16)), ...(embedded === undefined ? [] : [a * 256 + b, c * 256 + d])];
}
