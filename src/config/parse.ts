import type { Config } from '../model/config.js';
import type { Fault } from '../model/fault.js';
import { fault } from '../model/fault.js';
import type { Assignment, ConfigText } from './assignments.js';
import { assignments } from './assignments.js';
import { nearest } from './nearest.js';
import type { Key } from './schema.js';
import { keys, schema, sections } from './schema.js';

/** `config` is undefined if, and only if, one of the faults is an error. */
export interface Parsed {
  readonly config: Config | undefined;
  readonly faults: readonly Fault[];
}

const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();
const isOf =
  (key: Key<unknown>) =>
  (assignment: Assignment): boolean =>
    same(assignment.section, key.section) && same(assignment.name, key.name);

/** What a fault says was found. */
const shown = (value: unknown): string => {
  if (value instanceof Date) return 'a date';
  const table = typeof value === 'object' && value !== null && !Array.isArray(value);
  return table ? 'a table' : typeof value === 'number' ? String(value) : JSON.stringify(value);
};

const suggestion = (word: string, candidates: readonly string[]): string => {
  const meant = nearest(word, candidates);
  return meant === undefined ? `; known are ${candidates.join(', ')}` : `; did you mean ${meant}?`;
};

/** What is wrong with a name that no key has. A known section that is no table is an error, the rest are warnings. */
const unknown = ({ section, name, value, where }: Assignment): Fault => {
  const warning = (text: string): Fault => fault('warn', 'config-unknown', `${where}: ${text}`);
  const elsewhere = keys.filter(key => same(name, key.name)).map(key => `[${key.section}]`);
  if (section === undefined && sections.some(known => same(name, known)))
    return fault('error', 'config-value', `${where}: expected a section [${name}], found ${shown(value)}`);
  if (elsewhere.length > 0) return warning(`ignored: ${name} belongs in ${elsewhere.join(', ')}`);
  if (section === undefined) return warning(`ignored: ${name} stands in no section`);
  const known = sections.find(each => same(section, each));
  if (known === undefined) return warning(`ignored: no section is called [${section}]${suggestion(section, sections)}`);
  const names = keys.filter(key => key.section === known).map(key => key.name);
  return warning(`ignored: [${known}] has no key ${name}${suggestion(name, names)}`);
};

/** The same key twice in one file, in different spellings: TOML itself refuses the same spelling. */
const twice = (set: readonly Assignment[]): readonly Fault[] =>
  keys.flatMap(key =>
    set
      .filter(isOf(key))
      .slice(1)
      .map(({ where, name }, i) => {
        const first = set.filter(isOf(key))[i]?.where ?? '';
        return fault(
          'error',
          'config-twice',
          `${where}: [${key.section}] ${name}: already set at ${first}; remove one`,
        );
      }),
  );

/**
 * Reads configuration texts, later ones overriding earlier ones key by key. All faults of all texts are found at once,
 * also those of values that are overridden.
 */
export const parseConfig = (texts: readonly ConfigText[]): Parsed => {
  const files = texts.map(assignments);
  const set = files.flatMap(file => file.set);
  const faults = [
    ...files.flatMap(file => file.faults),
    ...files.flatMap(file => twice(file.set)),
    ...set.filter(each => !keys.some(key => isOf(key)(each))).map(unknown),
  ];
  const config = schema(key =>
    set.filter(isOf(key)).reduce((last, { where, value }) => {
      const read = key.kind.read(value);
      const wrong = `${where}: [${key.section}] ${key.name}: expected ${key.kind.expected}; found ${shown(value)}`;
      if (!read) faults.push(fault('error', 'config-value', wrong));
      return read ? read.value : last;
    }, key.initial),
  );
  return { config: faults.some(each => each.severity === 'error') ? undefined : config, faults };
};
