/** Values by the millisecond in which they occur. */
export type Moments<T> = ReadonlyMap<number, readonly T[]>;

export const grouped = <T>(all: readonly (readonly [number, T])[]): Moments<T> => {
  const moments = new Map<number, T[]>();
  for (const [at, value] of all) moments.set(at, [...(moments.get(at) ?? []), value]);
  return moments;
};

/** The letter of the nth moment. */
export const letterOf = (nth: number): string =>
  String.fromCodePoint(nth < 26 ? 0x61 + nth : nth < 52 ? 0x41 + nth - 26 : 0x4e00 + nth);
export const drawn = (moments: Moments<unknown>): string => {
  let last = 0;
  return [...moments.keys()]
    .map((at, nth) => {
      const gap = at - last;
      last = at + 1;
      return `${gap > 0 ? `${gap}ms ` : ''}${letterOf(nth)}`;
    })
    .join(' ');
};
