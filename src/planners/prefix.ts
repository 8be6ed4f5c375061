import type { Family } from '../model/address.js';

/** A range of addresses: the first `length` bits of `value` are given. */
export interface Prefix {
  readonly family: Family;
  readonly value: bigint;
  readonly length: number;
}

const ipv4 = (text: string): bigint | undefined => {
  const parts = text.split('.').map(part => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  return parts.length === 4 && parts.every(part => part < 256)
    ? BigInt(parts.reduce((value, part) => value * 256 + part, 0))
    : undefined;
};

const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));

/** The last 32 bits may be written as IPv4 (RFC 4291, 2.2). */
const ipv6 = (text: string): bigint | undefined => {
  const last = text.slice(text.lastIndexOf(':') + 1);
  if (last.includes('.')) {
    const low = ipv4(last);
    if (low === undefined) return undefined;
    const words = `${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
    return ipv6(text.slice(0, text.length - last.length) + words);
  }
  const [head = '', tail, ...more] = text.split('::');
  const left = groups(head);
  const right = groups(tail ?? '');
  const missing = 8 - left.length - right.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...left, ...Array<string>(missing).fill('0'), ...right];
  return all.every(group => /^[0-9a-f]{1,4}$/i.test(group))
    ? all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
    : undefined;
};

/** Reads `192.0.2.0/24` or `2001:db8::1`; an address is a prefix of full length. Undefined: it is neither. */
export const prefixOf = (text: string): Prefix | undefined => {
  const [address = '', length, ...more] = text.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const longest = family === 'ipv4' ? 32 : 128;
  const value = family === 'ipv4' ? ipv4(address) : ipv6(address);
  const bits = length === undefined ? longest : /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  return value === undefined || bits > longest || more.length > 0 ? undefined : { family, value, length: bits };
};

/** Do they have addresses in common? Then one of them holds the other. */
export const overlap = (a: Prefix, b: Prefix): boolean => {
  if (a.family !== b.family) return false;
  const rest = BigInt((a.family === 'ipv4' ? 32 : 128) - Math.min(a.length, b.length));
  return a.value >> rest === b.value >> rest;
};

const linkLocal = ['169.254.0.0/16', 'fe80::/10'].flatMap(text => prefixOf(text) ?? []);

/** Of use on one link only (RFC 3927, RFC 4291). */
export const isLinkLocal = (prefix: Prefix): boolean =>
  linkLocal.some(each => each.length <= prefix.length && overlap(each, prefix));
