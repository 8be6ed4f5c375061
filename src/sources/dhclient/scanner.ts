/** What ended a piece of text: `;`, `{`, `}` or the end of the source. */
export type Mark = ';' | '{' | '}' | 'end';

/** Walks through a source; after `next()` the other fields speak of the text before the mark. Reused, as thousands of leases are walked. */
export interface Scanner {
  readonly next: () => Mark;
  /** where the text begins; -1: there is none */
  from: number;
  /** where the mark stands */
  to: number;
  /** of the beginning, or of the mark if there is no text; from 1 */
  line: number;
  /** a string in it does not end on its line */
  isBroken: boolean;
}

const NEWLINE = 10;
const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;
const marks: ReadonlyMap<number, Mark> = new Map([
  [59, ';'],
  [123, '{'],
  [125, '}'],
]);
/** Which characters are more than themselves: white space, `"`, `#` and the marks. */
const special = Uint8Array.from({ length: 128 }, (_, code) =>
  code <= 32 || code === QUOTE || code === HASH || marks.has(code) ? 1 : 0,
);
const isPlain = (code: number): boolean => code >= 128 || special[code] === 0;

/** A lease that begins at the end of a line, where dhclient begins it. */
const glued = /lease6? \{$/;

/**
 * The marks of a file of ISC DHCP outside its strings and comments. A string ends on its line (dhclient writes line ends
 * as `\012`), and so does a string or a comment behind a statement that has no end where a lease begins on its line: what
 * a crash or a full disk left half written spoils itself and not what was appended later.
 */
export const scannerOf = (source: string, start = 0, end = source.length, firstLine = 1): Scanner => {
  let at = start;
  let line = firstLine;

  /** Where a lease begins that was appended to what begins at `from` and goes on to the line's end; else that end. */
  const endOf = (from: number, lineEnd: number): number =>
    lineEnd - (glued.exec(source.slice(Math.max(from, lineEnd - 'lease6 {'.length), lineEnd))?.[0].length ?? 0);
  const isBehindStatement = (): boolean => source.slice(source.lastIndexOf('\n', at) + 1, at).trim() !== '';
  /** Ends on the closing quote, or before the line's end. */
  const skipString = (): void => {
    const start = at + 1;
    for (at += 1; at < end; at += 1) {
      const code = source.charCodeAt(at);
      if (code === QUOTE) return;
      if (code === NEWLINE) break;
      if (code === BACKSLASH && source.charCodeAt(at + 1) !== NEWLINE) at += 1;
    }
    scanner.isBroken = true;
    at = endOf(start, at) - 1;
  };
  const skipComment = (): void => {
    const found = source.indexOf('\n', at);
    const lineEnd = found === -1 || found > end ? end : found;
    at = (isBehindStatement() ? endOf(at, lineEnd) : lineEnd) - 1;
  };
  const begin = (): void => {
    if (scanner.from !== -1) return;
    scanner.from = at;
    scanner.line = line;
  };
  const next = (): Mark => {
    scanner.from = -1;
    scanner.isBroken = false;
    for (; at < end; at += 1) {
      let code = source.charCodeAt(at);
      if (isPlain(code)) {
        begin();
        do code = source.charCodeAt((at += 1));
        while (at < end && isPlain(code));
        if (at >= end) break;
      }
      if (code === NEWLINE) line += 1;
      if (code <= 32) continue;
      if (code === QUOTE) {
        begin();
        skipString();
      } else if (code === HASH) skipComment();
      else {
        scanner.to = at;
        if (scanner.from === -1) scanner.line = line;
        at += 1;
        return marks.get(code) ?? 'end';
      }
    }
    scanner.to = end;
    if (scanner.from === -1) scanner.line = line;
    return 'end';
  };
  const scanner: Scanner = { next, from: -1, to: start, line, isBroken: false };
  return scanner;
};
