/** A stream of chance. */
export interface Random {
  /** at least 0, less than 1 */
  readonly next: () => number;
  /** a whole number, `least` to `most` */
  readonly within: (least: number, most: number) => number;
  readonly oneOf: <T>(list: readonly [T, ...T[]]) => T;
  readonly isOdds: (probability: number) => boolean;
}

/** 32 bits of a text: FNV-1a. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let nth = 0; nth < text.length; nth += 1) value = Math.imul(value ^ text.charCodeAt(nth), 0x01000193);
  return value >>> 0;
};

/**
 * All chance of a simulation: streams by name, each of its own, so that a draw more in one part changes nothing in another.
 * Each is a splitmix32.
 */
export const randomness = (seed: number): ((stream: string) => Random) => {
  const streams = new Map<string, Random>();
  const made = (stream: string): Random => {
    let state = hash(`${seed} ${stream}`);
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
    };
    return {
      next,
      within: (least, most) => least + Math.floor(next() * (most - least + 1)),
      oneOf: ([first, ...rest]) => {
        const at = Math.floor(next() * (rest.length + 1));
        return at === 0 ? first : (rest[at - 1] ?? first);
      },
      isOdds: probability => next() < probability,
    };
  };
  return stream => {
    const known = streams.get(stream) ?? made(stream);
    streams.set(stream, known);
    return known;
  };
};
