/** How many of these, in ascending order, are at most `value`. `get` reads the nth of `length`. */
export const countUpTo = (length: number, get: (nth: number) => number, value: number): number => {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (get(middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The same of a list. */
export const upTo = (sorted: ArrayLike<number>, value: number): number =>
  countUpTo(sorted.length, nth => sorted[nth] ?? Infinity, value);
