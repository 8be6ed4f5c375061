import type { LinkPatterns } from '../model/config.js';
import { globOf } from '../model/names/glob.js';
import type { Link } from '../model/link.js';

type Matcher = (names: readonly string[]) => boolean;

const compile = (patterns: readonly string[]): Matcher => {
  const excluded = patterns.filter(p => p.startsWith('!')).map(p => globOf(p.slice(1)));
  const included = patterns.filter(p => !p.startsWith('!')).map(globOf);
  const wanted: Matcher = included.length > 0 ? names => names.some(n => included.some(m => m(n))) : notLoopback;
  return names => wanted(names) && !names.some(n => excluded.some(m => m(n)));
};

const notLoopback: Matcher = ([name]) => name !== 'lo';

/** Patterns are compiled once for as long as their configuration lives. Not by `onceFor`: a replay takes 2 to 3 % longer with it. */
const compiled = new WeakMap<readonly string[], Matcher>();

/**
 * Do `patterns` choose this link, by its name or one of its alternative names? Whole names are compared: `eth1` never
 * chooses `eth10`; globs as in the shell (`*`, `?`, `[…]`); `!name` excludes. Only exclusions, or unset: all but `lo`.
 */
export const choosesLink = (
  patterns: LinkPatterns,
  { name, alternativeNames }: Pick<Link, 'name' | 'alternativeNames'>,
): boolean => {
  const names = [name, ...alternativeNames];
  if (patterns === undefined) return notLoopback(names);
  const known = compiled.get(patterns);
  if (known !== undefined) return known(names);
  const matcher = compile(patterns);
  compiled.set(patterns, matcher);
  return matcher(names);
};
