import { oneLine } from '../../model/values/one-line.js';
import type { Change } from './facts.js';
import {
  type Changes,
  type Details,
  FINE,
  type MarkKind,
  type Marks,
  markKinds,
  type Row,
  type ViewData,
} from './view-data.js';

/** The most characters of one text: a page is for reading. */
const MAX_TEXT_LENGTH = 1 << 16;

/** What a mark is when it is made; `link`: to which it belongs, empty: to none. */
export interface NewMark {
  readonly at: number;
  readonly row: string;
  readonly link: string;
  readonly kind: MarkKind;
  readonly text: string;
  readonly level?: number;
  /** number of the mark that caused it */
  readonly cause?: number | undefined;
  readonly event?: number;
}

/** What a mark turns out to be later. */
export interface Amendment {
  readonly took?: number;
  readonly level?: number;
  readonly text?: string;
}

/** Details with texts as texts. */
export interface NewDetails {
  readonly json?: string;
  readonly lines?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly remedy?: string;
}

/** Gathers marks and changes in columns, and every text once. */
export interface Columns {
  /** its number */
  readonly mark: (mark: NewMark) => number;
  readonly amend: (mark: number, amendment: Amendment) => void;
  readonly detail: (mark: number, details: NewDetails) => void;
  readonly changed: (at: number, mark: number, changes: readonly Change[]) => void;
  /** All of it. `events`: the marks of events by their ids, of which scripts may have begun before they were told. */
  readonly data: (of: Pick<ViewData, 'title' | 'began' | 'length'>, events: ReadonlyMap<number, number>) => ViewData;
}

type Column = number[];
const marksOf = (): { readonly [Field in keyof Marks]: Column } => ({
  at: [],
  took: [],
  row: [],
  kind: [],
  level: [],
  text: [],
  cause: [],
  event: [],
});
const changesOf = (): { readonly [Field in keyof Changes]: Column } => ({
  at: [],
  mark: [],
  subject: [],
  name: [],
  value: [],
});

const kindNumbers: ReadonlyMap<MarkKind, number> = new Map(markKinds.map((kind, nth) => [kind, nth]));

/** A trace may hold anything where a text should be. */
const shown = (value: unknown): string => {
  const whole = String(value);
  return oneLine(whole.length > MAX_TEXT_LENGTH ? `${whole.slice(0, MAX_TEXT_LENGTH)} …` : whole);
};

export const createColumns = (): Columns => {
  const texts = new Map<string, number>([['', 0]]);
  const rows = new Map<string, readonly [number, Row]>();
  const marks = marksOf();
  const changes = changesOf();
  const details = new Map<number, Details>();

  const textOf = (value: unknown): number => {
    const text = shown(value);
    const nth = texts.get(text) ?? texts.size;
    texts.set(text, nth);
    return nth;
  };
  const rowOf = (name: string, link: string): number => {
    const [nth] = rows.get(name) ?? [rows.size];
    if (!rows.has(name)) rows.set(name, [nth, { name: shown(name), link: shown(link) }]);
    return nth;
  };

  return {
    mark: ({ at, row, link, kind, text, level = FINE, cause = -1, event = 0 }) => {
      marks.took.push(0);
      marks.row.push(rowOf(row, link));
      marks.kind.push(kindNumbers.get(kind) ?? 0);
      marks.level.push(level);
      marks.text.push(textOf(text));
      marks.cause.push(cause);
      marks.event.push(event);
      return marks.at.push(at) - 1;
    },
    amend: (mark, { took, level, text }) => {
      if (took !== undefined) marks.took[mark] = took;
      if (level !== undefined) marks.level[mark] = level;
      if (text !== undefined) marks.text[mark] = textOf(text);
    },
    detail: (mark, { json, lines, environment, remedy }) => {
      details.set(mark, {
        ...details.get(mark),
        ...(json !== undefined && { json: textOf(json) }),
        ...(lines !== undefined && { lines: lines.map(textOf) }),
        ...(environment !== undefined && { environment: Object.entries(environment).flat().map(textOf) }),
        ...(remedy !== undefined && { remedy: textOf(remedy) }),
      });
    },
    changed: (at, mark, all) => {
      for (const { subject, name, value } of all) {
        changes.at.push(at);
        changes.mark.push(mark);
        changes.subject.push(textOf(subject));
        changes.name.push(textOf(name));
        changes.value.push(textOf(value));
      }
    },
    data: (of, events) => ({
      version: 1,
      ...of,
      texts: [...texts.keys()],
      rows: [...rows.values()].map(([, row]) => row),
      marks: {
        ...marks,
        cause: marks.cause.map((cause, nth) => {
          const event = events.get(marks.event[nth] ?? 0);
          return cause < 0 && event !== undefined && event !== nth ? event : cause;
        }),
      },
      details: Object.fromEntries(details),
      changes,
    }),
  };
};
