import type { LinkPatterns } from '../model/config.js';
import { globOf } from '../model/names/glob.js';
import type { Link } from '../model/link.js';
import { onceFor } from '../model/values/once-for.js';

type Matcher = (names: readonly string[]) => boolean;

const compile = (patterns: readonly string[]): Matcher => {
  const excluded = patterns.filter(p => p.startsWith('!')).map(p => globOf(p.slice(1)));
  const included = patterns.filter(p => !p.startsWith('!')).map(globOf);
  const wanted: Matcher = included.length > 0 ? names => names.some(n => included.some(m => m(n))) : notLoopback;
  return names => wanted(names) && !names.some(n => excluded.some(m => m(n)));
};

const notLoopback: Matcher = ([name]) => name !== 'lo';

/** Patterns are compiled once for as long as their configuration lives. */
const matcherOf = onceFor(compile);

/**
 * Do `patterns` choose this link, by its name or one of its alternative names? Whole names are compared: `eth1` never
 * chooses `eth10`; globs as in the shell (`*`, `?`, `[…]`); `!name` excludes. Only exclusions, or unset: all but `lo`.
 */
export const choosesLink = (
  patterns: LinkPatterns,
  { name, alternativeNames }: Pick<Link, 'name' | 'alternativeNames'>,
): boolean => {
  const names = [name, ...alternativeNames];
  return patterns === undefined ? notLoopback(names) : matcherOf(patterns)(names);
};
