import { MAX_LINE_LENGTH, tooLong } from './format.js';

/** Cuts a trace that arrives in pieces into lines. */
export interface LineCutter {
  /** the lines that this piece completes; throws a TraceError as soon as one is too long */
  readonly push: (piece: string) => readonly string[];
  /** what follows the last complete line */
  readonly rest: () => string;
}

export const createLineCutter = (): LineCutter => {
  let held: string[] = [];
  let size = 0;
  let nth = 1;
  const hold = (piece: string): void => {
    held.push(piece);
    size += piece.length;
    if (size > MAX_LINE_LENGTH) throw tooLong(nth);
  };
  const rest = (): string => (held.length === 1 ? (held[0] ?? '') : held.join(''));
  return {
    push: piece => {
      const [first = '', ...others] = piece.split('\n');
      hold(first);
      return others.map(next => {
        const line = rest();
        held = [];
        size = 0;
        nth += 1;
        hold(next);
        return line;
      });
    },
    rest,
  };
};
