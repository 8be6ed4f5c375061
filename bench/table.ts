/** The value that this share of the values does not exceed; NaN of nothing. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

/** NaN of nothing. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export interface Row {
  readonly what: string;
  /** one for each column; NaN: not known */
  readonly values: readonly number[];
  readonly goal: string;
}

const shown = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(2));

/** The figures side by side, the first column's in proportion to the second's, and what they should be. */
export const table = (names: readonly string[], rows: readonly Row[]): string => {
  const line = (what: string, values: readonly string[], ratio: string, goal: string): string =>
    `${what.padEnd(34)}${values.map(value => value.padStart(20)).join('')}${ratio.padStart(8)}   ${goal}`.trimEnd();
  const ratio = ([own = Number.NaN, other = Number.NaN]: readonly number[]): string =>
    Number.isFinite(own / other) ? shown(own / other) : '';
  return [
    line('', names, 'ratio', 'goal'),
    ...rows.map(({ what, values, goal }) => line(what, values.map(shown), ratio(values), goal)),
  ].join('\n');
};
