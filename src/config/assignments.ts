import { parse, TomlError } from 'smol-toml';
import type { Fault } from '../model/fault.js';
import { fault } from '../model/fault.js';

/** One `name = value` of a file; `section` is undefined before the first `[Section]`. Spelt as in the file. */
export interface Assignment {
  readonly section: string | undefined;
  readonly name: string;
  readonly value: unknown;
  /** `file:line` */
  readonly where: string;
}

export interface ConfigText {
  readonly file: string;
  readonly text: string;
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const bare = (name: string): string => name.replace(/\s*\.\s*/g, '.').replace(/["']/g, '');

/** The line that sets the name, 1 for the first; the TOML parser does not tell. Undefined: not written on a line of its own. */
export const lineOf = (text: string, section: string | undefined, name: string): number | undefined => {
  const wanted = section === undefined ? name : `${section}.${name}`;
  let table = '';
  for (const [i, line] of text.split('\n').entries()) {
    const header = /^\s*\[+([^\]]+)\]/.exec(line)?.[1];
    const key = /^\s*([\w."' -]+?)\s*=/.exec(line)?.[1];
    if (header !== undefined) table = bare(header.trim());
    const here =
      header !== undefined ? table : key !== undefined ? `${table}.${bare(key)}`.replace(/^\./, '') : undefined;
    if (here === wanted) return i + 1;
  }
  return undefined;
};

export interface Read {
  readonly set: readonly Assignment[];
  readonly faults: readonly Fault[];
}

/** What a file sets, in its order. A file that is not TOML sets nothing and is a fault that names line and column. */
export const assignments = ({ file, text }: ConfigText): Read => {
  const where = (section: string | undefined, name: string): string => {
    const line = lineOf(text, section, name) ?? (section === undefined ? undefined : lineOf(text, undefined, section));
    return line === undefined ? file : `${file}:${line}`;
  };
  try {
    const set = Object.entries(parse(text)).flatMap(([section, table]): Assignment[] =>
      isTable(table)
        ? Object.entries(table).map(([name, value]) => ({ section, name, value, where: where(section, name) }))
        : [{ section: undefined, name: section, value: table, where: where(undefined, section) }],
    );
    return { set, faults: [] };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const why = (cause.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
    const hint = why === 'invalid value' ? '; strings need quotes' : '';
    const place = `${file}:${cause.line}:${cause.column}`;
    return { set: [], faults: [fault('error', 'config-syntax', `${place}: not TOML: ${why}${hint}`)] };
  }
};
