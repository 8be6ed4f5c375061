import type { Config } from '../model/config.js';
import { sectionTitle } from './key.js';
import { keys } from './schema.js';

/** Tables of which there may be many, as people write them. */
const tables: Readonly<Record<string, string>> = { perLink: '[Link]', starts: '[[Start]]', trees: '[[Tree]]' };

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const keyTitle = (section: string, name: string): string => {
  const key = keys.find(each => same(each.section, section) && same(each.name, name));
  return key === undefined ? `[${section}] ${name}` : `[${sectionTitle(key.section)}] ${key.name}`;
};

/** Every value as text, by what people call it. */
const valuesOf = (config: Config): ReadonlyMap<string, string> =>
  new Map(
    Object.entries<unknown>({ ...config }).flatMap(([section, value]): (readonly [string, string])[] =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? [[tables[section] ?? `[${section}]`, JSON.stringify({ value })]]
        : Object.entries<unknown>({ ...value }).map(([name, each]) => [
            keyTitle(section, name),
            JSON.stringify({ each }),
          ]),
    ),
  );

/** What a configuration says otherwise than the one before, for people: `[Network] Links`. */
export const changedKeys = (before: Config, after: Config): readonly string[] => {
  const were = valuesOf(before);
  return [...valuesOf(after)].flatMap(([title, value]) => (were.get(title) === value ? [] : [title]));
};
