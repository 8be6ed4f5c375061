import type { Usage } from './usage.js';

export interface Figures {
  /** milliseconds from the signal to the script's first instruction */
  readonly latencies: readonly number[];
  /** milliseconds of CPU for each transition, the scripts' included */
  readonly cpu: number;
  /** in each second at rest */
  readonly idle: Usage;
  /** milliseconds from execution to serving; empty: the daemon does not say when it serves */
  readonly ready: readonly number[];
}

/** The value that this share of the values does not exceed; NaN of nothing. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Several rounds as one. */
export const figuresOf = (rounds: readonly Figures[]): Figures => ({
  latencies: rounds.flatMap(({ latencies }) => latencies),
  cpu: mean(rounds.map(({ cpu }) => cpu)),
  idle: { cpu: mean(rounds.map(({ idle }) => idle.cpu)), waits: mean(rounds.map(({ idle }) => idle.waits)) },
  ready: rounds.flatMap(({ ready }) => ready),
});

interface Row {
  readonly what: string;
  readonly of: (figures: Figures) => number;
  readonly goal: string;
}

const rows: readonly Row[] = [
  { what: 'signal to script, p50 (ms)', of: ({ latencies }) => quantile(latencies, 0.5), goal: 'ratio <= 0.36' },
  { what: 'signal to script, p90 (ms)', of: ({ latencies }) => quantile(latencies, 0.9), goal: '' },
  { what: 'CPU per transition (ms)', of: ({ cpu }) => cpu, goal: 'ratio <= 1.0' },
  { what: 'ready after execution, p50 (ms)', of: ({ ready }) => quantile(ready, 0.5), goal: '<= 250' },
  { what: 'at rest: CPU per second (ms)', of: ({ idle }) => idle.cpu, goal: '' },
  { what: 'at rest: wake-ups per second', of: ({ idle }) => idle.waits, goal: '0' },
];

const shown = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(2)).padStart(20);

/** The figures side by side, the first daemon's in proportion to the second's. */
export const table = (columns: readonly (Figures & { readonly name: string })[]): string => {
  const head = `${''.padEnd(34)}${columns.map(({ name }) => name.padStart(20)).join('')}${columns.length > 1 ? 'ratio'.padStart(8) : ''}   goal`;
  const body = rows.map(({ what, of, goal }) => {
    const values = columns.map(of);
    const [own = Number.NaN, other = Number.NaN] = values;
    const ratio = columns.length > 1 ? (Number.isFinite(own / other) ? (own / other).toFixed(2) : '-').padStart(8) : '';
    return `${what.padEnd(34)}${values.map(shown).join('')}${ratio}   ${goal}`;
  });
  return [head, ...body].join('\n');
};
