import { markKinds, type MarkKind, type Row, type ViewData } from '../../src/trace/view/view-data.js';
import { createLane, type Lane } from './layout.js';

/** What is shown of all marks; empty lists: everything. */
export interface Filter {
  readonly search: string;
  readonly link: string;
  readonly kind: MarkKind | '';
  /** only what failed or is a warning */
  readonly onlyBad: boolean;
}

export const everything: Filter = { search: '', link: '', kind: '', onlyBad: false };

/** The data, with what is asked of it again and again. */
export interface Trace {
  readonly data: ViewData;
  readonly links: readonly string[];
  /** kinds that occur */
  readonly kinds: readonly MarkKind[];
  readonly text: (nth: number | undefined) => string;
  readonly kindOf: (mark: number) => MarkKind;
  readonly rowOf: (mark: number) => Row;
  /** what caused this mark, before that what caused its cause, and so on: the nearest last */
  readonly causesOf: (mark: number) => readonly number[];
  /** marks that this one caused */
  readonly effectsOf: (mark: number) => readonly number[];
}

/** Whom a row is about comes first, then what was done for it. */
const rank = ({ name, link }: Row): number => {
  const first = ['faults', 'not in the trace', 'kernel', 'systemd-networkd', 'dhclient'].indexOf(name);
  if (first >= 0) return first;
  return link === '' ? 10 : 20;
};
/** The order in which rows are drawn: sources above, then each link with what is done for it. */
export const rowOrder = (rows: readonly Row[]): readonly number[] =>
  rows
    .map((_, nth) => nth)
    .sort((a, b) => {
      const [one, other] = [rows[a], rows[b]];
      if (one === undefined || other === undefined) return a - b;
      return (
        rank(one) - rank(other) ||
        one.link.localeCompare(other.link, 'en', { numeric: true }) ||
        Number(other.name === other.link) - Number(one.name === one.link) ||
        one.name.localeCompare(other.name, 'en', { numeric: true })
      );
    });

/** The longest chain: an Input, its event, a script; a page that somebody has changed may hold a circle. */
const MAX_CAUSES = 5;

export const createTrace = (data: ViewData): Trace => {
  const { marks, rows, texts } = data;
  let effects: ReadonlyMap<number, readonly number[]> | undefined;
  const allEffects = (): ReadonlyMap<number, readonly number[]> => {
    const all = new Map<number, number[]>();
    marks.cause.forEach((cause, nth) => {
      if (cause < 0) return;
      const those = all.get(cause);
      if (those === undefined) all.set(cause, [nth]);
      else those.push(nth);
    });
    return all;
  };
  const kindOf = (mark: number): MarkKind => markKinds[marks.kind[mark] ?? 0] ?? 'kernel';
  const present = new Set(marks.kind);
  return {
    data,
    links: [...new Set(rows.map(({ link }) => link))]
      .filter(Boolean)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
    kinds: markKinds.filter((_, nth) => present.has(nth)),
    text: nth => texts[nth ?? 0] ?? '',
    kindOf,
    rowOf: mark => rows[marks.row[mark] ?? 0] ?? { name: '', link: '' },
    causesOf: mark => {
      const causes: number[] = [];
      for (
        let cause = marks.cause[mark] ?? -1;
        cause >= 0 && causes.length < MAX_CAUSES;
        cause = marks.cause[cause] ?? -1
      )
        causes.unshift(cause);
      return causes;
    },
    effectsOf: mark => {
      effects ??= allEffects();
      return effects.get(mark) ?? [];
    },
  };
};

/** Texts that hold all words of a search, whatever their case. */
const matching = (texts: readonly string[], search: string): Uint8Array => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return Uint8Array.from(texts, text => {
    const lower = text.toLowerCase();
    return words.every(word => lower.includes(word)) ? 1 : 0;
  });
};

/** The marks that a filter lets through, in the order of their times. */
export const chosen = (
  { data, rowOf, kindOf, text }: Trace,
  { search, link, kind, onlyBad }: Filter,
): readonly number[] => {
  const { marks, details, texts } = data;
  const hits = search.trim() === '' ? undefined : matching(texts, search);
  const words = search.toLowerCase();
  const isHit = (mark: number): boolean => {
    if (hits === undefined) return true;
    if (hits[marks.text[mark] ?? 0] === 1 || rowOf(mark).name.toLowerCase().includes(words)) return true;
    const { json, lines = [], environment = [] } = details[mark] ?? {};
    return [json ?? 0, ...lines, ...environment].some(nth => hits[nth] === 1);
  };
  const isOfLink = (mark: number): boolean => {
    const row = rowOf(mark);
    return row.link === link || (row.link === '' && ` ${text(marks.text[mark])} `.includes(` ${link}`));
  };
  const all: number[] = [];
  for (let mark = 0; mark < marks.at.length; mark += 1)
    if (
      (kind === '' || kindOf(mark) === kind) &&
      (link === '' || isOfLink(mark)) &&
      (!onlyBad || (marks.level[mark] ?? 0) > 0) &&
      isHit(mark)
    )
      all.push(mark);
  return all;
};

/** A row with its lane, for those that have something to show. */
export interface ShownRow {
  readonly row: Row;
  readonly lane: Lane;
}

export const rowsOf = ({ data }: Trace, marks: readonly number[]): readonly ShownRow[] => {
  const lanes = new Map<number, number[]>();
  for (const mark of marks) {
    const row = data.marks.row[mark] ?? 0;
    const those = lanes.get(row);
    if (those === undefined) lanes.set(row, [mark]);
    else those.push(mark);
  }
  const { at, took, level } = data.marks;
  return rowOrder(data.rows).flatMap(nth => {
    const [numbers, row] = [lanes.get(nth), data.rows[nth]];
    return numbers === undefined || row === undefined ? [] : [{ row, lane: createLane(numbers, at, took, level) }];
  });
};

/** What went wrong, in the order of its times: everything that is bad. */
export const incidentsOf = ({ data }: Trace): readonly number[] =>
  data.marks.level.flatMap((level, mark) => (level > 0 ? [mark] : []));
