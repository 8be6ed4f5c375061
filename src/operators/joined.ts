/** One value for two of the same kind, the older one first; undefined: nothing is left of them. */
export type Join<T> = (older: T, newer: T) => T | undefined;

/** Values on their way to be one, the oldest first: each stands for more of them than the next. */
export type Parts<T> = { readonly value: T; readonly size: number }[];

/**
 * Adds a value to those that are to be one, in place. Two that stand for equally many are joined, as a carry is in a binary
 * number: a join that copies both sides costs n log n for n values, not n².
 */
export const addTo = <T>(parts: Parts<T>, value: T, join: Join<T>): void => {
  let newer = { value, size: 1 };
  for (let older = parts.at(-1); older !== undefined && older.size <= newer.size; older = parts.at(-1)) {
    parts.pop();
    const joined = join(older.value, newer.value);
    if (joined === undefined) return;
    newer = { value: joined, size: older.size + newer.size };
  }
  parts.push(newer);
};

/** One value for all of them; undefined: nothing is left. */
export const allOf = <T>(parts: Parts<T>, join: Join<T>): T | undefined =>
  parts.reduceRight<T | undefined>((newer, { value }) => (newer === undefined ? value : join(value, newer)), undefined);
