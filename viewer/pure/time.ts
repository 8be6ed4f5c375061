import type { Window } from './window.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `+12.345 s`, as `replay` writes it. */
export const momentText = (at: number): string => `+${(at / SECOND).toFixed(3)} s`;

/** The time of day there and then, in UTC as logs of many machines are compared: `2026-01-02 12:00:00.123 UTC`. */
export const wallText = (time: number): string =>
  Math.abs(time) > 8.64e15 ? '' : new Date(time).toISOString().replace('T', ' ').replace(/Z$/, ' UTC');

/** How long something took: `12 ms`, `3.2 s`, `2 min 5 s`. */
export const spanText = (span: number): string => {
  if (span < 1) return `${span.toFixed(2)} ms`;
  if (span < SECOND) return `${span.toFixed(span < 10 ? 1 : 0)} ms`;
  if (span < MINUTE) return `${(span / SECOND).toFixed(span < 10 * SECOND ? 2 : 1)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min ${Math.round((span % MINUTE) / SECOND)} s`;
  return span < DAY
    ? `${Math.floor(span / HOUR)} h ${Math.round((span % HOUR) / MINUTE)} min`
    : `${Math.floor(span / DAY)} d ${Math.round((span % DAY) / HOUR)} h`;
};

/** Steps that people count in, above a second. */
const roundSteps = [1, 2, 5, 10, 15, 30]
  .map(count => count * SECOND)
  .concat([1, 2, 5, 10, 15, 30].map(count => count * MINUTE))
  .concat([1, 2, 6, 12].map(count => count * HOUR))
  .concat([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000].map(count => count * DAY));
/** Below: 1, 2 and 5 of each power of ten. */
const fineSteps = [-2, -1, 0, 1, 2].flatMap(power => [1, 2, 5].map(count => count * 10 ** power));
const steps = [...fineSteps, ...roundSteps];

export interface Tick {
  readonly at: number;
  readonly label: string;
}

const tickText = (at: number, step: number): string => {
  if (at === 0) return '0';
  const sign = at < 0 ? '−' : '';
  const size = Math.abs(at);
  if (step < SECOND) {
    const digits = Math.max(0, Math.min(5, Math.ceil(-Math.log10(step / SECOND))));
    return `${sign}${(size / SECOND).toFixed(digits)} s`;
  }
  const [days, hours, minutes, seconds] = [DAY, HOUR, MINUTE, SECOND].map((unit, nth, units) =>
    Math.floor((nth === 0 ? size : size % (units[nth - 1] ?? 1)) / unit),
  );
  const parts = [`${days} d`, `${hours} h`, `${minutes} min`, `${seconds} s`];
  return sign + (parts.filter(part => !part.startsWith('0 ')).join(' ') || '0');
};

/** Where the axis is labelled: at most so many, at round times. */
export const ticksOf = ({ from, to }: Window, most: number): readonly Tick[] => {
  const step = steps.find(each => (to - from) / each <= most) ?? DAY * 100_000;
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length: Math.min(count, most + 1) }, (_, nth) => {
    const at = (first + nth) * step;
    return { at, label: tickText(at, step) };
  });
};
