import { ipBytes, ipTextOf } from '../../model/ip/ip-address.js';
import { choosesLink } from '../../world/link-patterns.js';
import { isHarmless } from './harmless.js';
import { createAddressHider, standIns } from './pseudonyms.js';
import { escapedPattern } from '../../model/values/escaped-pattern.js';
import { field, isList, isRecord, isText, parseJson } from '../../model/values/unknown.js';

/** MAC addresses, IPv6 addresses, DUIDs, times of day. */
const COLONS = '(?<![\\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,}(?:(?:\\.\\d{1,3}){3})?(?![\\w:])';
const IPV4 = '(?<![\\w.])(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\w.]*\\w)';
/** Bytes in decimal. */
const BYTES = '(?<![\\w.])\\d{1,3}(?:, ?\\d{1,3}){3,}(?![\\w.])';
/** Letters, digits, and all that is not ASCII. */
const WORD = '[a-zA-Z0-9\\u0080-\\u{10ffff}]+';
const MAC = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
/** Outside a question, a number with more digits may be text in hexadecimal. */
const FEW_DIGITS = /^\d{1,5}$/;
/** In a question: a number of 32 bits, an ifindex in the name of udev's file. */
const ORDINAL = /^n?\d{1,10}$/;
const LEFTOVER = /^\.|~$|\.(?:bak|rpmsave|rpmorig|rpmnew|swp)$|\.dpkg-/;
/** No value in a trace is nested this deep; what is deeper, such as in text that a script wrote, is left out. */
const MAX_DEPTH = 64;
/** Configuration keys whose values are link patterns. */
const patternKeys = new Set(['links', 'routingPolicyRules', 'patterns']);

const isByte = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;
const isBytes = (value: readonly unknown[]): value is readonly number[] => value.length >= 4 && value.every(isByte);
const isWord = (value: unknown): value is string => isText(value) && value !== '';
const isPattern = (text: string): boolean => /[*?[]/.test(text);

const wordsIn = (text: string): readonly string[] => text.match(new RegExp(WORD, 'gu')) ?? [];
const isNothing = (name: string): boolean => wordsIn(name).every(word => FEW_DIGITS.test(word) || isHarmless(word));

/**
 * Hides whatever is not known to be harmless in the lines of a trace. Numbers and the words of the format, of protocols
 * and of standard paths stay; every other word, and every address, becomes a pseudonym, the same one wherever it
 * occurs. Pseudonyms of links still match the patterns that choose them, and those of scripts keep their order,
 * provided that they have been learned before: if all lines are at hand, learn them all first.
 */
export interface Redactor {
  readonly learn: (line: string) => void;
  /** empty for what is not JSON */
  readonly hide: (line: string) => string;
}

export const createRedactor = (): Redactor => {
  const address = createAddressHider();
  const wordStand = standIns(nth => `w${nth}`);
  const hardware = standIns(
    nth => `02:00:00:00:${(nth >> 8).toString(16).padStart(2, '0')}:${(nth & 255).toString(16).padStart(2, '0')}`,
  );
  const patterns = new Set<string>();
  const links = new Set<string>();
  const scripts = new Set<string>();
  /** pseudonyms of whole names, which may have any characters */
  const stands = new Map<string, string>();
  let pieces: RegExp | undefined;

  const linkStand = (name: string, nth: number): string => {
    const chosen = [...patterns].flatMap((pattern, at) =>
      choosesLink([pattern], { name, alternativeNames: [] }) ? [`.p${at + 1}`] : [],
    );
    return `link${nth}${chosen.join('')}${chosen.length > 0 ? '.' : ''}`;
  };
  const patternStand = (pattern: string): string => {
    const not = pattern.startsWith('!') ? '!' : '';
    const at = [...patterns].indexOf(pattern.slice(not.length));
    return at < 0 ? `${not}${hideText(pattern.slice(not.length))}` : `${not}*.p${at + 1}.*`;
  };
  /** Matches the pieces of a text, once all that was learned has its pseudonym. */
  const prepared = (): RegExp => {
    if (pieces !== undefined) return pieces;
    [...links]
      .filter(name => !stands.has(name) && !isNothing(name))
      .forEach(name => stands.set(name, linkStand(name, stands.size + 1)));
    [...scripts]
      .filter(name => !stands.has(name))
      .sort()
      .forEach(name =>
        stands.set(name, `s${String(stands.size + 1).padStart(6, '0')}${LEFTOVER.test(name) ? '~' : ''}`),
      );
    const names = [...stands.keys()].sort((a, b) => b.length - a.length).map(escapedPattern);
    const whole = names.length === 0 ? [] : [`(?<![\\w.-])(?:${names.join('|')})(?![\\w-])`];
    return (pieces = new RegExp([...whole, COLONS, IPV4, BYTES, WORD].join('|'), 'gu'));
  };

  const hidePiece = (piece: string, isQuestion: boolean): string => {
    const name = stands.get(piece);
    if (name !== undefined) return name;
    if (MAC.test(piece)) return hardware(piece.toLowerCase());
    if (ipBytes(piece) !== undefined) return piece.startsWith('255.') ? piece : address(piece);
    if (piece.includes(':')) return /^\d+(?::\d+){2}$/.test(piece) ? piece : wordStand(piece);
    if (piece.includes(',')) return isQuestion ? piece : wordStand(piece);
    if (piece.includes('.')) return piece.replace(/\d+/g, digits => hidePiece(digits, isQuestion));
    if ((isQuestion ? ORDINAL : FEW_DIGITS).test(piece) || isHarmless(piece)) return piece;
    return wordStand(piece);
  };
  const hideText = (text: string, isQuestion = false): string =>
    // Octal and hexadecimal escapes hide words from recognition.
    !isQuestion && /\\[0-7x]/.test(text)
      ? wordStand(text)
      : text.replace(prepared(), piece => hidePiece(piece, isQuestion));
  const hideBytes = (bytes: readonly number[]): readonly number[] => {
    if (bytes.length === 6) {
      const text = bytes.map(byte => byte.toString(16).padStart(2, '0')).join(':');
      return hardware(text).split(':').map(byte => Number.parseInt(byte, 16)); // prettier-ignore
    }
    return ipBytes(address(ipTextOf(bytes) ?? '')) ?? bytes.map(() => 0);
  };
  const hideString = (text: string, key: string, depth: number): string => {
    if (key === 'line') return `[${text.length} characters]`; // a script may have written anything
    if (key === '$bytes') return text.replace(/./g, '0');
    if (key === 'ask') return hideText(text, true);
    if (patternKeys.has(key) && isPattern(text)) return patternStand(text);
    const inner = /^[[{]/.test(text) ? parseJson(text) : undefined;
    return inner === undefined ? hideText(text) : JSON.stringify(hide(inner, key, depth + 1));
  };
  const hide = (value: unknown, key: string, depth: number): unknown => {
    if (depth > MAX_DEPTH) return null;
    if (isText(value)) return hideString(value, key, depth);
    if (isList(value)) return isBytes(value) ? hideBytes(value) : value.map(each => hide(each, key, depth + 1));
    if (!isRecord(value)) return value;
    const hidden = ([name, each]: readonly [string, unknown]) => [hideText(name), hide(each, name, depth + 1)] as const;
    return Object.fromEntries(Object.entries(value).map(hidden));
  };

  const add = (names: Set<string>, name: unknown): void => {
    if (!isWord(name) || names.has(name)) return;
    names.add(name);
    pieces = undefined;
  };
  const learnPattern = (pattern: string): void => {
    const bare = pattern.replace(/^!/, '');
    add(isPattern(bare) ? patterns : links, bare);
  };
  const learn = (value: unknown, depth = 0): void => {
    if (depth > MAX_DEPTH) return;
    const learnInner = (inner: unknown): void => learn(inner, depth + 1);
    if (isList(value)) value.forEach(learnInner);
    if (isText(value) && /^[[{]/.test(value)) learnInner(parseJson(value));
    if (!isRecord(value)) return;
    for (const key of patternKeys) {
      const list = value[key];
      if (isList(list)) list.filter(isWord).forEach(learnPattern);
    }
    if (typeof value.ifindex === 'number' || 'alternativeNames' in value) add(links, value.name);
    add(links, value.link);
    if (isList(value.alternativeNames)) value.alternativeNames.forEach(name => add(links, name));
    if ('directory' in value && isList(value.entries))
      value.entries
        .filter(isRecord)
        .filter(({ end }) => field(end, 'kind') !== 'directory') // such as routable.d in a tree
        .forEach(({ name }) => add(scripts, name));
    Object.values(value).forEach(learnInner);
  };
  return {
    learn: line => learn(parseJson(line)),
    hide: line => {
      const value = parseJson(line);
      learn(value);
      return value === undefined ? '' : JSON.stringify(hide(value, '', 0));
    },
  };
};
