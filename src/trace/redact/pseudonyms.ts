import { ipBytes, ipTextOf } from '../../model/ip/ip-address.js';

/** An unpredictable whole number below `limit`. */
const random = (limit: number): number => (globalThis.crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % limit;

/** The same pseudonym for the same text, numbered in order of appearance. */
export const standIns = (name: (nth: number, text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>();
  return text => {
    const stand = known.get(text) ?? name(known.size + 1, text);
    known.set(text, stand);
    return stand;
  };
};

type Ranges = readonly (readonly [number, number])[];

const all4: Ranges = [[1, 254]];
/** The kind of an address is preserved: private, link-local, loopback, multicast. */
const ranges4: ReadonlyMap<string, Ranges> = new Map([
  ['', [[1, 9], [11, 126], [128, 168], [170, 171], [173, 191], [193, 223]]], // prettier-ignore
  ['127.', []],
  ['169.', [[1, 253]]],
  ['172.', [[1, 15], [16, 31], [32, 254]]], // prettier-ignore
  ['192.', [[1, 167], [169, 254]]], // prettier-ignore
]);
const all6: Ranges = [[1, 0xfffe]];
const first6: Ranges = [[1, 0x1fff], [0x2000, 0x3fff], [0x4000, 0xfbff], [0xfc00, 0xfdff]]; // prettier-ignore
const multicast6: Ranges = [[0x200, 0xfeff]];

/**
 * Pseudonymous IP addresses: two that share their first bytes (IPv4) or groups of 16 bits (IPv6) still do, so an
 * address stays in its network if the prefix length is a multiple of 8, or of 16. What is not an address is left alone.
 */
export const createAddressHider = (): ((text: string) => string) => {
  const shifts = new Map<string, number>();
  const turned = (prefix: string, value: number, ranges: Ranges): number => {
    const range = ranges.find(([first, last]) => value >= first && value <= last);
    if (range === undefined) return value;
    const [first, last] = range;
    const key = `${prefix}/${first}`;
    const shift = shifts.get(key) ?? 1 + random(last - first);
    shifts.set(key, shift);
    return first + ((value - first + shift) % (last - first + 1));
  };
  const hide4 = (bytes: readonly number[]): readonly number[] =>
    bytes[0] === 127 || (bytes[0] ?? 0) >= 224
      ? bytes
      : bytes.map((byte, nth) => {
          const prefix = bytes.slice(0, nth).map(one => `${one}.`).join(''); // prettier-ignore
          return turned(prefix, byte, ranges4.get(prefix) ?? all4);
        });
  const hide6 = (bytes: readonly number[]): readonly number[] => {
    const groups = Array.from({ length: 8 }, (_, nth) => (bytes[2 * nth] ?? 0) * 256 + (bytes[2 * nth + 1] ?? 0));
    if (groups.slice(0, 7).every(group => group === 0)) return bytes; // :: and ::1
    const isMulticast = (bytes[0] ?? 0) === 0xff;
    return groups.flatMap((group, nth) => {
      const ranges = nth === 0 ? first6 : isMulticast ? multicast6 : all6;
      const other = turned(`${groups.slice(0, nth).join(':')}:`, group, ranges);
      return [other >> 8, other & 0xff];
    });
  };
  return standIns((_, text) => {
    const bytes = ipBytes(text);
    if (bytes === undefined) return text;
    const isMapped = bytes.length === 16 && text.includes('.');
    if (isMapped) return ipTextOf([...bytes.slice(0, 12), ...hide4(bytes.slice(12))]) ?? text;
    return ipTextOf(bytes.length === 4 ? hide4(bytes) : hide6(bytes)) ?? text;
  });
};
