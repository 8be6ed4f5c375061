import { upTo } from './search-sorted.js';
import type { Window } from './window.js';

/** What is drawn in a row: one mark, or several that are too near to each other to be told apart. */
export interface Drawn {
  /** the worst of them, the first if none is bad */
  readonly mark: number;
  readonly count: number;
  /** pixels from the left */
  readonly x: number;
  /** pixels; 0: a moment */
  readonly width: number;
  readonly level: number;
}

/** The marks of one row, in the order of their times. */
export interface Lane {
  readonly marks: Int32Array;
  readonly at: Float64Array;
  /** milliseconds, of each */
  readonly took: Float64Array;
  readonly level: Uint8Array;
  /** the longest of all: what began so long before the window may still go on in it */
  readonly longest: number;
}

/** Closer than so many pixels, moments are one. */
const NEAR_PX = 5;

export const createLane = (
  numbers: readonly number[],
  at: ArrayLike<number>,
  took: ArrayLike<number>,
  level: ArrayLike<number>,
): Lane => {
  const marks = Int32Array.from(numbers);
  const times = Float64Array.from(marks, mark => at[mark] ?? 0);
  const lengths = Float64Array.from(marks, mark => took[mark] ?? 0);
  const levels = Uint8Array.from(marks, mark => level[mark] ?? 0);
  return { marks, at: times, took: lengths, level: levels, longest: lengths.reduce((a, b) => Math.max(a, b), 0) };
};

/** What to draw of a lane in so many pixels: no more than fit, whatever the window holds. */
export const drawnIn = (lane: Lane, { from, to }: Window, width: number): readonly Drawn[] => {
  const scale = width / (to - from);
  const first = upTo(lane.at, from - lane.longest - NEAR_PX / scale);
  const all: Drawn[] = [];
  /** the one that others may still be joined with, and where it ends */
  let open: { mark: number; count: number; x: number; end: number; level: number } | undefined;
  const close = (): void => {
    if (open === undefined) return;
    const { mark, count, x, end, level } = open;
    all.push({ mark, count, x, width: end - x, level });
  };
  for (let nth = first; nth < lane.marks.length; nth += 1) {
    const [at = 0, took = 0, level = 0, mark = 0] = [lane.at[nth], lane.took[nth], lane.level[nth], lane.marks[nth]];
    if (at > to + NEAR_PX / scale) break;
    if (at + took < from - NEAR_PX / scale) continue;
    const x = (at - from) * scale;
    const end = x + took * scale;
    if (open !== undefined && end - open.x < NEAR_PX) {
      if (level > open.level) open.mark = mark;
      open.level = Math.max(open.level, level);
      open.count += 1;
      open.end = Math.max(open.end, end);
    } else {
      close();
      open = { mark, count: 1, x, end, level };
    }
  }
  close();
  return all;
};
