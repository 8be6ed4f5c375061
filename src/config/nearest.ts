/** How many single letters must be inserted, deleted or replaced to make `a` into `b` (Levenshtein's distance). */
export const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of Array.from(a).entries()) {
    row = Array.from(b).reduce<number[]>(
      (next, other, j) => [
        ...next,
        Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
      ],
      [i + 1],
    );
  }
  return row[b.length] ?? 0;
};

/** Nobody mistypes so many letters; each costs as many steps as the candidate has. */
const MAX_WORD_LENGTH = 100;

/** The candidate that was probably meant, without regard to case; undefined if none is near. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  if (word.length > MAX_WORD_LENGTH) return undefined;
  const ranked = candidates
    .map(candidate => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= Math.max(2, best.candidate.length / 3) ? best.candidate : undefined;
};
