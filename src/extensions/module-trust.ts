import type { Walk } from '../system/files/files.js';
import type { Asked } from '../system/module-hooks.js';
import { distrust } from '../config/trust.js';

/** The directory of a module, and all above it, the topmost first; the root is empty. */
const directoriesOf = (by: string): readonly string[] =>
  by
    .split('/')
    .slice(0, -1)
    .map((_, depth, all) => all.slice(0, depth + 1).join('/'));

/** The paths on which it was found: what is asked for by its path as it was written, a package by what is called so, and the file. */
export const waysTo = ({ specifier, by, found }: Asked): readonly string[] => {
  const path = specifier.replace(/^file:\/\//, '').replace(/[?#].*$/s, '');
  if (path.startsWith('/')) return [path, found];
  if (/^\.\.?(\/|$)/.test(path)) return [`${by.slice(0, by.lastIndexOf('/'))}/${path}`, found];
  // What a package calls so is said by its package.json.
  if (specifier.startsWith('#')) return [...directoriesOf(by).map(each => `${each}/package.json`), found];
  const [first = '', second = ''] = path.split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return [...directoriesOf(by).map(each => `${each}/node_modules/${name}`), found];
};

/** Why it must not be loaded: somebody else than `owners` could change it, or where one of the ways leads; undefined: it may be. */
export const distrustAsked = (
  asked: Asked,
  walk: (path: string) => Walk,
  owners: readonly number[],
): string | undefined => {
  for (const way of waysTo(asked)) {
    const { places, end, error } = walk(way);
    const description = end?.kind === 'directory' ? walk(`${way}/package.json`).places : []; // says what is loaded of it
    const why = error ?? distrust([...places, ...description], owners);
    if (why !== undefined) return `${asked.found}, which ${asked.by} loads, must not be loaded: ${why}`;
  }
  return undefined;
};
