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

/**
 * The marks of a file of ISC DHCP outside its strings and comments. A string ends on its line (dhclient writes line ends
 * as `\012`): what a crash left half written spoils itself and not what was appended later.
 */
export const scannerOf = (source: string, start = 0, end = source.length, firstLine = 1): Scanner => {
  let at = start;
  let line = firstLine;

  /** Ends on the closing quote, or before the line's end. */
  const skipString = (): void => {
    for (at += 1; at < end; at += 1) {
      const code = source.charCodeAt(at);
      if (code === QUOTE) return;
      if (code === NEWLINE) break;
      if (code === BACKSLASH && source.charCodeAt(at + 1) !== NEWLINE) at += 1;
    }
    scanner.isBroken = true;
    at -= 1;
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
      } else if (code === HASH) {
        const lineEnd = source.indexOf('\n', at);
        at = (lineEnd === -1 || lineEnd > end ? end : lineEnd) - 1;
      } else {
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
