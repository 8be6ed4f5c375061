/** Four bytes of dotted decimal; undefined: no IPv4 address (inet_pton(3): no leading zeros, no short forms). */
const ipv4Bytes = (text: string): readonly number[] | undefined => {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every(byte => byte <= 255) ? bytes : undefined;
};

const groupsOf = (text: string): readonly number[] | undefined => {
  if (text === '') return [];
  const groups = text.split(':');
  return groups.every(group => /^[0-9a-f]{1,4}$/i.test(group)) ? groups.map(g => Number.parseInt(g, 16)) : undefined;
};

/** Sixteen bytes of RFC 4291 text, without a zone; undefined: no IPv6 address. */
const ipv6Bytes = (text: string): readonly number[] | undefined => {
  if (text.length > 45 || !text.includes(':')) return undefined;
  const lastColon = text.lastIndexOf(':');
  const embedded = text.includes('.') ? ipv4Bytes(text.slice(lastColon + 1)) : undefined;
  if (text.includes('.') && embedded === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = embedded ?? [];
  const hex =
    embedded === undefined
      ? text
      : `${text.slice(0, lastColon + 1)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const halves = hex.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return groups.flatMap(group => [group >> 8, group & 0xff]);
};

/** The bytes of an IP address in network order, 4 or 16; undefined: it is none. */
export const ipBytes = (text: string): readonly number[] | undefined => ipv4Bytes(text) ?? ipv6Bytes(text);

/** RFC 5952: lower case, no leading zeros, the first longest run of at least two zero groups as `::`. */
const ipv6Text = (bytes: readonly number[]): string => {
  const groups = Array.from({ length: 8 }, (_, n) => ((bytes[2 * n] ?? 0) << 8) | (bytes[2 * n + 1] ?? 0));
  const hex = groups.map(group => group.toString(16)).join(':');
  const runs = [...hex.matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].sort((x, y) => y[0].length - x[0].length);
  const [run] = runs;
  if (run === undefined) return hex;
  return `${hex.slice(0, run.index).replace(/:$/, '')}::${hex.slice(run.index + run[0].length).replace(/^:/, '')}`;
};

/** An address of 4 or 16 bytes in network order, as the kernel and inet_ntop(3) write it; undefined: it is none. */
export const ipTextOf = (bytes: readonly number[]): string | undefined => {
  if (!bytes.every(byte => Number.isInteger(byte) && byte >= 0 && byte <= 255)) return undefined;
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return undefined;
  const isMapped = bytes.slice(0, 10).every(byte => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return isMapped ? `::ffff:${bytes.slice(12).join('.')}` : ipv6Text(bytes);
};

/** Dotted decimal as it is always written; thousands of these are read. */
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;

/** The one way to write this address, see `ipTextOf`; undefined: it is none. */
export const ipText = (text: string): string | undefined => {
  if (ipv4.test(text)) return text;
  const bytes = ipBytes(text);
  return bytes && ipTextOf(bytes);
};
