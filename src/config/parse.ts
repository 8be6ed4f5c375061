import type { Config } from '../model/config.js';
import type { Fault } from '../model/fault.js';
import type { FaultCode } from '../model/fault-codes.js';
import { fault } from '../model/fault.js';
import type { Assignment, ConfigText } from './assignments.js';
import { assignments, isOfLinks, isOfStarts, isOfTrees } from './assignments.js';
import { excerpt } from '../model/values/excerpt.js';
import { nearest } from './nearest.js';
import { type Key, sections, sectionTitle } from './key.js';
import { keys, schema } from './schema.js';
import { linkKeys, linkPatterns } from './link-keys.js';
import { startKeys } from './start-keys.js';
import { directoryKeys, isOwnTree, treeKeys } from './tree-keys.js';
import { groupBy } from '../model/values/group-by.js';

/** `config` is undefined if, and only if, one of the faults is an error. */
export interface Parsed {
  readonly config: Config | undefined;
  readonly faults: readonly Fault[];
}

/** So many faults of one sort are told in full: a file may be all wrong. */
const MAX_FAULTS_OF_A_SORT = 20;

/** The first faults, and how many more there are. */
const bounded = (faults: readonly (() => Fault)[], code: FaultCode, more: string): readonly Fault[] => {
  const told = faults.slice(0, MAX_FAULTS_OF_A_SORT).map(tell => tell());
  const rest = faults.length - told.length;
  if (rest === 0) return told;
  return [...told, fault(code, `and ${rest.toLocaleString('en')} more ${more}`)];
};

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
/** What assignments of one key have in common. */
const keyName = (section: string | undefined, name: string): string => JSON.stringify([section, name]).toLowerCase();
const keysByName = new Map(keys.map(key => [keyName(key.section, key.name), key]));

type ByKey = ReadonlyMap<Key<unknown> | undefined, readonly Assignment[]>;

/** Assignments by the key that they set; undefined: there is no such key. */
const byKey = (set: readonly Assignment[]): ByKey =>
  groupBy(set, ({ section, name }) => keysByName.get(keyName(section, name)));

/** What a fault says was found. */
const shown = (value: unknown): string => {
  if (value instanceof Date) return 'a date';
  const table = typeof value === 'object' && value !== null && !Array.isArray(value);
  return table ? 'a table' : typeof value === 'number' ? String(value) : excerpt(JSON.stringify(value));
};

const suggestion = (word: string, candidates: readonly string[]): string => {
  const meant = nearest(word, candidates);
  return meant === undefined ? `; known are ${candidates.join(', ')}` : `; did you mean ${meant}?`;
};

/** Does it set what should be a section? */
const isSection = ({ section, name }: Assignment): boolean =>
  section === undefined && sections.some(known => same(name, known));

const notASection = ({ name, value, where }: Assignment): Fault =>
  fault('config-value', `${where}: expected a section [${name}], found ${shown(value)}`);

/** What is wrong with a name that no key has. */
const unknown = ({ section, pattern, directory, name, where }: Assignment): Fault => {
  const warning = (text: string): Fault => fault('config-unknown', `${where}: ${text}`);
  const elsewhere = keys.filter(key => same(name, key.name)).map(key => `[${sectionTitle(key.section)}]`);
  if (elsewhere.length > 0) return warning(`ignored: ${name} belongs in ${elsewhere.join(', ')}`);
  if (section === undefined) return warning(`ignored: ${excerpt(name)} is not in any section`);
  const known = sections.find(each => same(section, each));
  if (known === undefined)
    return warning(`ignored: no section is called [${excerpt(section)}]${suggestion(section, sections)}`);
  const names = keys.filter(key => key.section === known).map(key => key.name);
  return warning(
    `ignored: [${sectionTitle(known, directory ?? pattern)}] has no key ${excerpt(name)}${suggestion(name, names)}`,
  );
};

/** The same key twice in one file, in different spellings: TOML itself refuses the same spelling. */
const twice = (set: ByKey): readonly (() => Fault)[] =>
  [...set].flatMap(([key, assigned]) =>
    key === undefined
      ? []
      : assigned.slice(1).map(({ where, name, pattern, directory }, nth) => () => {
          const first = assigned[nth]?.where ?? '';
          const text = `${where}: [${sectionTitle(key.section, directory ?? pattern)}] ${name}: already set at ${first}; remove one`;
          return fault('config-twice', text);
        }),
  );

const byDirectory = (set: readonly Assignment[]) => groupBy(set, ({ directory }) => directory);

/** Assignments by the pattern of their table, in the order in which patterns come first. */
const byPattern = (set: readonly Assignment[]) => groupBy(set, ({ pattern }) => pattern);

const notATable = ({ section, name, where }: Assignment): Fault => {
  const expected = isOfStarts(section)
    ? 'tables [[Start]]'
    : isOfTrees(section)
      ? 'tables [[Tree]]'
      : 'a table of links, such as [Link."eth*"]';
  return fault('config-value', `${where}: expected ${expected}, found ${excerpt(name)}`);
};

/**
 * Reads configuration texts, later ones overriding earlier ones key by key. All faults of all texts are found at once,
 * also those of values that are overridden; of each sort the first are told, and the others counted.
 */
export const parseConfig = (texts: readonly ConfigText[]): Parsed => {
  const files = texts.map(assignments);
  const all = files.flatMap(file => file.set);
  const stray = all.filter(
    ({ section, pattern }) =>
      (isOfLinks(section) || isOfStarts(section) || isOfTrees(section)) && pattern === undefined,
  );
  const tables = byPattern(all.filter(each => !stray.includes(each)));
  const wrong: (() => Fault)[] = [];
  const reader =
    (set: ByKey) =>
    <T>(key: Key<T>): T =>
      (set.get(keysByName.get(keyName(key.section, key.name))) ?? []).reduce(
        (last, { where, value, pattern, directory }) => {
          const read = key.kind.read(value);
          const title = sectionTitle(key.section, directory ?? pattern);
          const text = (): string =>
            `${where}: [${title}] ${key.name}: expected ${key.kind.expected}; found ${shown(value)}`;
          if (!read) wrong.push(() => fault('config-value', text()));
          return read ? read.value : last;
        },
        key.initial,
      );
  const perLink = [...tables].flatMap(([pattern, assigned]) => {
    if (pattern === undefined || !isOfLinks(assigned[0].section)) return [];
    const patterns = linkPatterns.read(pattern)?.value;
    const text = (): string =>
      `${assigned[0].where}: [${sectionTitle('Link', pattern)}]: expected ${linkPatterns.expected}; found ${shown(pattern)}`;
    if (patterns === undefined) wrong.push(() => fault('config-value', text()));
    return [{ patterns: patterns ?? [], ...linkKeys(reader(byKey(assigned))) }];
  });
  const starts = [...tables.values()].flatMap(assigned => {
    if (!isOfStarts(assigned[0].section) || assigned[0].pattern === undefined) return [];
    const before = wrong.length;
    const rule = startKeys(reader(byKey(assigned)));
    const text = (): string =>
      `${assigned[0].where}: [[Start]]: expected On and Unit; found ${assigned.map(({ name }) => name).join(', ')}`;
    const isMissing = (rule.on.length === 0 || rule.unit === '') && wrong.length === before;
    if (isMissing) wrong.push(() => fault('config-value', text()));
    return [rule];
  });
  const trees = [...tables.values()].flatMap(assigned => {
    if (!isOfTrees(assigned[0].section) || assigned[0].pattern === undefined) return [];
    const parts = byDirectory(assigned);
    const tree = treeKeys(reader(byKey(parts.get(undefined) ?? [])));
    const directories = [...parts].flatMap(([name, own]) =>
      name === undefined ? [] : [{ name, ...directoryKeys(reader(byKey(own))) }],
    );
    const text = (): string => `${assigned[0].where}: [[Tree]]: expected Path with User = "root", found none`;
    if (isOwnTree(tree) && tree.user !== undefined) wrong.push(() => fault('config-value', text()));
    return [{ ...tree, directories }];
  });
  const config = { ...schema(reader(byKey(tables.get(undefined) ?? []))), perLink, starts, trees };
  const foreign = [...tables.values()].flatMap(assigned => byKey(assigned).get(undefined) ?? []);
  const eachTable = (set: readonly Assignment[]) =>
    [...byPattern(set).values()].flatMap(assigned => [...byDirectory(assigned).values()]);
  const told = (each: (one: Assignment) => Fault) => (one: Assignment) => () => each(one);
  const faults = [
    ...files.flatMap(file => file.faults),
    ...bounded(
      files.flatMap(file => eachTable(file.set).flatMap(assigned => twice(byKey(assigned)))),
      'config-twice',
      'keys that are set twice',
    ),
    ...bounded(foreign.filter(isSection).map(told(notASection)), 'config-value', 'that are no sections'),
    ...bounded(stray.map(told(notATable)), 'config-value', 'that are no tables of links'),
    ...bounded(foreign.filter(one => !isSection(one)).map(told(unknown)), 'config-unknown', 'that are ignored'),
    ...bounded(wrong, 'config-value', 'wrong values'),
  ];
  return { config: faults.some(each => each.severity === 'error') ? undefined : config, faults };
};
