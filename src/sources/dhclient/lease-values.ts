import { bytesToText, textToBytes } from '@network-stack/netlink/text';
import type { Instant } from '../../model/lease.js';

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b' };

/** Octal, hexadecimal and letter escapes, as the bytes that they are: `\303\266` is `ö`. A backslash before anything else goes. */
const unescape = (text: string): string => {
  if (!text.includes('\\')) return text;
  const bytes: number[] = [];
  for (const [piece, octal, hex, letter] of text.matchAll(
    /\\(?:([0-3]?[0-7]{1,2})|x([0-9a-fA-F]{1,2})|([^]?))|[^\\]+/g,
  )) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else for (const byte of textToBytes(letter === undefined ? piece : (escapes[letter] ?? letter))) bytes.push(byte);
  }
  return bytesToText(Uint8Array.from(bytes));
};

const single = /^(?:[^\s",#]+|"[^"\\\n]*")$/;

/**
 * The values of a statement, in order: bare words, and quoted strings unescaped. Commas separate as white space does,
 * comments are left out.
 */
export const valuesOf = (text: string): readonly string[] => {
  // Nearly all are one word or one plain string.
  if (single.test(text)) return [text.startsWith('"') ? text.slice(1, -1) : text];
  return [...text.matchAll(/#[^\n]*|"((?:[^"\\\n]|\\.)*)"?|[^\s,"#]+/g)].flatMap(([whole, quoted]) => {
    if (whole.startsWith('#')) return [];
    return [quoted === undefined ? whole : unescape(quoted)];
  });
};

const calendar = /^\d+ (\d{4})\/(\d{1,2})\/(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})(?: ([+-]?\d+))?$/;

/** Later than this a Date cannot be: 275760-09-13. */
const lastInstant = 8.64e15;

const ofCalendar = ([, ...numbers]: readonly string[]): Instant | undefined => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset = 0] = numbers.map(n => Number(n || 0));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  if (!isReal || date.getUTCMinutes() !== minute || second > 60) return undefined;
  const instant = date.getTime() + offset * 1000;
  return Math.abs(instant) > lastInstant ? undefined : instant;
};

/** Seconds since the epoch, as an instant. */
export const ofEpoch = (seconds: string): Instant | undefined => {
  const instant = /^\d{1,15}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
  return instant === undefined || instant > lastInstant ? undefined : instant;
};

/**
 * The forms of a date in dhclient.leases(5), in UTC: `1 2026/11/23 22:30:13`, with seconds to be added as an old release
 * wrote them, `epoch 1795472748`, `never`. Undefined: it is none of them.
 */
export const instantOf = (text: string): Instant | undefined => {
  const match = calendar.exec(text);
  if (match !== null) return ofCalendar(match);
  const words = valuesOf(text);
  if (words.length === 1 && words[0] === 'never') return 'never';
  if (words.length === 2 && words[0] === 'epoch') return ofEpoch(words[1] ?? '');
  const again = calendar.exec(words.join(' '));
  return again === null ? undefined : ofCalendar(again);
};
