/** Runs a second, once more than `BURST` of them came at once: no storm of events needs as many. */
const RUNS_PER_SECOND = 50;
const BURST = 100;

const INTERVAL_MS = 1000 / RUNS_PER_SECOND;

/** How many milliseconds the next one has to wait, at a moment in milliseconds: it has then been counted. */
export const createRate = (): ((now: number) => number) => {
  let next = -Infinity;
  return now => {
    next = Math.max(next, now - BURST * INTERVAL_MS) + INTERVAL_MS;
    return Math.max(0, next - now);
  };
};
