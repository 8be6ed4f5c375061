/** The part of the trace that is shown, in milliseconds after its beginning. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The least that is shown: a tenth of a millisecond. */
const SHORTEST_MS = 0.1;
/** Room at either side, as a part of what there is: nothing sticks to the edge. */
const MARGIN = 0.02;

/** All of a trace of this length. */
export const whole = (length: number): Window => {
  const margin = Math.max(length * MARGIN, 1);
  return { from: -margin, to: length + margin };
};

/** The same window, moved and narrowed until it is inside all. */
const inside = ({ from, to }: Window, length: number): Window => {
  const all = whole(length);
  const span = Math.min(Math.max(to - from, SHORTEST_MS), all.to - all.from);
  const start = Math.min(Math.max(from, all.from), all.to - span);
  return { from: start, to: start + span };
};

/** `factor` below 1 shows less; what is at `around` stays where it is. */
export const zoomed = ({ from, to }: Window, factor: number, around: number, length: number): Window => {
  const scale = Math.max(factor, SHORTEST_MS / (to - from));
  return inside({ from: around - (around - from) * scale, to: around + (to - around) * scale }, length);
};

export const panned = ({ from, to }: Window, by: number, length: number): Window =>
  inside({ from: from + by, to: to + by }, length);

/** The window with this moment in it: the same one if it is. */
export const showing = (window: Window, at: number, length: number): Window => {
  const span = window.to - window.from;
  const margin = span / 20;
  if (at >= window.from + margin && at <= window.to - margin) return window;
  return inside({ from: at - span / 2, to: at + span / 2 }, length);
};
