/** One value, of a metric with this suffix (`_bucket`) and these labels. */
export interface Sample {
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric and its values. The name of a counter is without `_total`, which every format adds where it wants it. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** `openmetrics`: https://prometheus.io/docs/specs/om/open_metrics_spec/, `text`: what the textfile collector and `promtool check metrics` read. */
export type Format = 'openmetrics' | 'text';

export const contentTypes: Readonly<Record<Format, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: 'text/plain; version=0.0.4; charset=utf-8',
};

const number = (value: number): string => (value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value));

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;

const labelled = (labels: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

const linesOf = ({ name, type, help, samples }: Family, format: Format): readonly string[] => {
  const total = type === 'counter' ? '_total' : '';
  const title = format === 'text' ? `${name}${total}` : name;
  return [
    `# HELP ${title} ${help}`,
    `# TYPE ${title} ${type}`,
    ...samples.map(({ suffix = total, labels = {}, value }) => `${name}${suffix}${labelled(labels)} ${number(value)}`),
  ];
};

/** Metrics as Prometheus reads them. */
export const exposition = (families: readonly Family[], format: Format): string => {
  const lines = families.flatMap(family => linesOf(family, format));
  return `${[...lines, ...(format === 'openmetrics' ? ['# EOF'] : [])].join('\n')}\n`;
};
