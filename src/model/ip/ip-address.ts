import { formatIp, parseIp } from '@network-stack/netlink/ip';

/** The bytes of an IP address in network order, 4 or 16; undefined: it is none. */
export const ipBytes = (text: string): readonly number[] | undefined => {
  const bytes = parseIp(text);
  return bytes && [...bytes];
};

/** An address of 4 or 16 bytes in network order, as the kernel and inet_ntop(3) write it; undefined: it is none. */
export const ipTextOf = (bytes: readonly number[]): string | undefined =>
  bytes.every(byte => Number.isInteger(byte) && byte >= 0 && byte <= 255)
    ? formatIp(Uint8Array.from(bytes))
    : undefined;

/** The one way to write this address, see `ipTextOf`; undefined: it is none. */
export const ipText = (text: string): string | undefined => {
  const bytes = parseIp(text);
  return bytes && formatIp(bytes);
};
