import { formatIp, parsePrefix } from '@network-stack/netlink/ip';
import type { Family } from '../address.js';

/** A range of addresses: the first `length` bits of `value` are given. */
export interface Prefix {
  readonly family: Family;
  readonly value: bigint;
  readonly length: number;
}

/** Reads `192.0.2.0/24` or `2001:db8::1`; an address is a prefix of full length. Undefined: it is neither. */
export const prefixOf = (text: string): Prefix | undefined => {
  const prefix = parsePrefix(text);
  if (prefix === undefined) return undefined;
  const { bytes, length } = prefix;
  const value = bytes.reduce((high, byte) => (high << 8n) | BigInt(byte), 0n);
  return { family: bytes.length === 4 ? 'ipv4' : 'ipv6', value, length };
};

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], pair => parseInt(pair, 16));

/** The network of an address: `192.0.2.0/24` of `192.0.2.5/24`. */
export const networkText = ({ family, value, length }: Prefix): string => {
  const bits = family === 'ipv4' ? 32 : 128;
  const rest = BigInt(bits - length);
  const hex = ((value >> rest) << rest).toString(16).padStart(bits / 4, '0');
  return `${formatIp(bytesOf(hex)) ?? ''}/${length}`;
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
