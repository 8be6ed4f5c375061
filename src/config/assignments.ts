import { parse, TomlError } from 'smol-toml';
import type { Fault } from '../model/fault.js';
import { fault } from '../model/fault.js';
import { isList, isRecord } from '../model/values/unknown.js';

/** One `name = value` of a file; `section` is undefined before the first `[Section]`. Spelt as in the file. */
export interface Assignment {
  readonly section: string | undefined;
  readonly name: string;
  /** of which links a table is that stands in [Link], or which of several tables it is; undefined: it stands in no such table */
  readonly pattern?: string;
  /** which directory of a tree a table is about; undefined: it stands in no such table */
  readonly directory?: string;
  readonly value: unknown;
  /** `file:line` */
  readonly where: string;
}

export interface ConfigText {
  readonly file: string;
  readonly text: string;
}

const isTable = (value: unknown): value is Record<string, unknown> => isRecord(value) && !(value instanceof Date);

/** The tables of an array of nothing else; none: it is something else. */
const tablesIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  isList(value) && value.every(isTable) ? value : [];

/** `a . "b"` → `a.b` */
const bare = (name: string): string =>
  name
    .split('.')
    .map(part => part.trim())
    .join('.')
    .replace(/["']/g, '');

/** What a line opens or sets; undefined: neither. By hand: a regular expression would take long over a long line. */
const namedBy = (line: string, table: string): { readonly name: string; readonly isTable: boolean } | undefined => {
  const trimmed = line.trim();
  if (trimmed.startsWith('[')) {
    const from = trimmed[1] === '[' ? 2 : 1;
    const to = trimmed.indexOf(']');
    return to <= from ? undefined : { name: bare(trimmed.slice(from, to)), isTable: true };
  }
  const equals = trimmed.indexOf('=');
  const key = equals === -1 ? '' : bare(trimmed.slice(0, equals));
  return key === '' ? undefined : { name: table === '' ? key : `${table}.${key}`, isTable: false };
};

/** The first line, from 1, that opens each table, and that sets each key, by its whole name. */
const linesOf = (text: string): ReadonlyMap<string, number> => {
  const lines = new Map<string, number>();
  let table = '';
  for (const [nth, line] of text.split('\n').entries()) {
    const named = namedBy(line, table);
    if (named === undefined) continue;
    if (named.isTable) table = named.name;
    if (!lines.has(named.name)) lines.set(named.name, nth + 1);
  }
  return lines;
};

type LineOf = (section: string | undefined, name: string) => number | undefined;

/** The line that sets a name, 1 for the first; the TOML parser does not tell. Undefined: not written on a line of its own. */
export const lineOf = (text: string): LineOf => {
  let lines: ReadonlyMap<string, number> | undefined;
  return (section, name) => (lines ??= linesOf(text)).get(section === undefined ? name : `${section}.${name}`);
};

/** Is this the section whose tables are each for some links? */
export const isOfLinks = (section: string | undefined): boolean => section?.toLowerCase() === 'link';

/** Is this a section of which there are several: one for each unit, one for each tree? */
export const isOfStarts = (section: string | undefined): boolean => section?.toLowerCase() === 'start';
export const isOfTrees = (section: string | undefined): boolean => /^tree(\."directory")?$/i.test(section ?? '');

export interface Read {
  readonly set: readonly Assignment[];
  readonly faults: readonly Fault[];
}

/** What a file sets, in its order. A file that is not TOML sets nothing and is a fault that names line and column. */
export const assignments = ({ file, text }: ConfigText): Read => {
  const find = lineOf(text);
  const where = (section: string | undefined, name: string): string => {
    const line = find(section, name) ?? (section === undefined ? undefined : find(undefined, section));
    return line === undefined ? file : `${file}:${line}`;
  };
  try {
    const ofTable = (section: string, pattern: string, table: Readonly<Record<string, unknown>>): Assignment[] =>
      Object.entries(table).map(([name, value]) => {
        const line = where(`${section}.${pattern}`, name);
        return { section, pattern, name, value, where: line === file ? where(section, pattern) : line };
      });
    const ofMany = (section: string, nth: number, table: Readonly<Record<string, unknown>>): Assignment[] =>
      Object.entries(table).flatMap(([name, value]): Assignment[] => {
        const place = `${where(undefined, section)}, table ${nth + 1}`;
        const about = { pattern: place, where: place };
        if (!isOfTrees(section) || !isTable(value)) return [{ section, name, value, ...about }];
        const ofDirectory = Object.entries(value).map(([key, own]) => ({ name: key, value: own }));
        return ofDirectory.map(one => ({ section: 'Tree."DIRECTORY"', directory: name, ...one, ...about }));
      });
    const set = Object.entries(parse(text)).flatMap(([section, table]): Assignment[] =>
      (isOfStarts(section) || isOfTrees(section)) && tablesIn(table).length > 0
        ? tablesIn(table).flatMap((one, nth) => ofMany(section, nth, one))
        : isTable(table)
          ? Object.entries(table).flatMap(([name, value]) =>
              isOfLinks(section) && isTable(value)
                ? ofTable(section, name, value)
                : [{ section, name, value, where: where(section, name) }],
            )
          : [{ section: undefined, name: section, value: table, where: where(undefined, section) }],
    );
    return { set, faults: [] };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const why = (cause.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
    const hint = why === 'invalid value' ? '; strings need quotes' : '';
    const place = `${file}:${cause.line}:${cause.column}`;
    return { set: [], faults: [fault('config-syntax', `${place}: not TOML: ${why}${hint}`)] };
  }
};
