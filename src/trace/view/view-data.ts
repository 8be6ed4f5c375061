// What the page of `view` is given: as JSON, with every text once. Numbers index `texts` unless their names say otherwise.

/** What a mark tells of: an Input of a source, an event of the broker, or what was done. */
export const markKinds = [
  'kernel',
  'networkd',
  'lease-file',
  'configuration',
  'source',
  'other-input',
  'link-state',
  'manager-state',
  'link',
  'address',
  'route',
  'rule',
  'lease',
  'sleep',
  'extension',
  'script',
  'unit',
  'setting',
  'fault',
  'not-recorded',
] as const;
export type MarkKind = (typeof markKinds)[number];

/** How bad it is: nothing, a warning, a failure. */
export const FINE = 0;
export const WARNING = 1;
export const FAILED = 2;

/** What happened, a column for each field: mark n is the nth of every list. They are in the order of their times. */
export interface Marks {
  /** milliseconds after the beginning of the trace */
  readonly at: readonly number[];
  /** how long it took, milliseconds; 0: a moment */
  readonly took: readonly number[];
  /** index into `rows` */
  readonly row: readonly number[];
  /** index into `markKinds` */
  readonly kind: readonly number[];
  readonly level: readonly number[];
  readonly text: readonly number[];
  /** number of the mark that caused it, or -1 */
  readonly cause: readonly number[];
  /** id of the event that it is, or belongs to; 0: none */
  readonly event: readonly number[];
}

/** What is known of few marks, by their numbers; every text is an index into `texts`. */
export interface Details {
  /** the Input or event as JSON */
  readonly json?: number;
  /** the same in more words, or what a script wrote */
  readonly lines?: readonly number[];
  /** name, value, name, value … */
  readonly environment?: readonly number[];
  /** what to do about it */
  readonly remedy?: number;
}

/** What became known of the World, in the order of time, a column for each field; `value` 0: there is no such thing any more. */
export interface Changes {
  /** milliseconds after the beginning of the trace */
  readonly at: readonly number[];
  /** number of the mark that made it so, or -1: it was so when the trace began */
  readonly mark: readonly number[];
  /** of whom: a link, systemd-networkd, this computer */
  readonly subject: readonly number[];
  readonly name: readonly number[];
  readonly value: readonly number[];
}

export interface Row {
  readonly name: string;
  /** the link that it belongs to; empty: none */
  readonly link: string;
}

export interface ViewData {
  readonly version: 1;
  /** of the page: the name of the file */
  readonly title: string;
  /** the wall clock at the beginning, milliseconds since the epoch */
  readonly began: number;
  /** milliseconds */
  readonly length: number;
  /** the first is empty */
  readonly texts: readonly string[];
  readonly rows: readonly Row[];
  readonly marks: Marks;
  readonly details: Readonly<Record<number, Details>>;
  readonly changes: Changes;
}
