/** Whole names, with `*`, `?` and `[…]` as in the shell (glob(7)). */
export type Glob = (name: string) => boolean;

type OneLetter = (letter: string) => boolean;
/** `*`, or what one letter must be. */
type Token = '*' | OneLetter;

/** No name of a link (127 bytes) or a file (255 bytes) is so long: a longer pattern is a mistake. */
const MAX_PATTERN_LENGTH = 1024;

const MAX_CLASS_LENGTH = '[:xdigit:]'.length;

/** Names of POSIX's classes, as far as ASCII goes. */
const classes: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['digit', /[0-9]/],
  ['lower', /[a-z]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /\s/],
  ['upper', /[A-Z]/],
  ['xdigit', /[0-9A-Fa-f]/],
]);

const exactly =
  (wanted: string): OneLetter =>
  letter =>
    letter === wanted;

interface Bracket {
  readonly isOneOf: OneLetter;
  /** where the pattern goes on */
  readonly end: number;
}

/** What stands in brackets from `start` on, behind the `[`; undefined: they do not end, and the `[` is itself. */
const bracketAt = (letters: readonly string[], start: number): Bracket | undefined => {
  let at = start;
  const isNegated = letters[at] === '!' || letters[at] === '^';
  if (isNegated) at += 1;
  const first = at;
  const tests: OneLetter[] = [];
  for (;;) {
    const letter = letters[at];
    if (letter === undefined) return undefined;
    if (letter === ']' && at > first) {
      const isOneOf: OneLetter = found => tests.some(test => test(found)) !== isNegated;
      return { isOneOf, end: at + 1 };
    }
    const name =
      letter === '[' ? /^\[:(\w+):\]/.exec(letters.slice(at, at + MAX_CLASS_LENGTH).join(''))?.[1] : undefined;
    const named = classes.get(name ?? '');
    if (named !== undefined) {
      tests.push(found => named.test(found));
      at += `[:${name}:]`.length;
      continue;
    }
    if (letter === '\\') at += 1;
    const low = letters[at];
    if (low === undefined) return undefined;
    if (letters[at + 1] === '-' && letters[at + 2] !== undefined && letters[at + 2] !== ']') {
      at += letters[at + 2] === '\\' ? 3 : 2;
      const high = letters[at] ?? '';
      tests.push(found => low <= found && found <= high);
    } else tests.push(exactly(low));
    at += 1;
  }
};

const tokensOf = (letters: readonly string[]): readonly Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] ?? '';
    const bracket = letter === '[' ? bracketAt(letters, at + 1) : undefined;
    if (bracket !== undefined) {
      tokens.push(bracket.isOneOf);
      at = bracket.end - 1;
    } else if (letter === '?') tokens.push(() => true);
    else if (letter === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (letter === '\\' && at + 1 < letters.length) tokens.push(exactly(letters[(at += 1)] ?? ''));
    else tokens.push(exactly(letter));
  }
  return tokens;
};

/**
 * Only the last `*` is ever gone back to: what an earlier one could take more of, the last one can. So it takes at most as
 * many steps as letters and tokens multiplied.
 */
const matches = (tokens: readonly Token[], name: readonly string[]): boolean => {
  let token = 0;
  let letter = 0;
  let star = -1;
  let taken = 0;
  while (letter < name.length) {
    const wanted = tokens[token];
    if (wanted === '*') {
      star = token;
      taken = letter;
      token += 1;
    } else if (wanted?.(name[letter] ?? '') === true) {
      token += 1;
      letter += 1;
    } else if (star === -1) return false;
    else {
      token = star + 1;
      letter = taken += 1;
    }
  }
  return token === tokens.length || (token === tokens.length - 1 && tokens[token] === '*');
};

/** A pattern that may be anybody's: it costs little, whatever it is. `wrongGlob` says which ones are mistakes. */
export const globOf = (pattern: string): Glob => {
  if (!/[*?[\\]/.test(pattern)) return name => name === pattern;
  const tokens = tokensOf(Array.from(pattern));
  return name => matches(tokens, Array.from(name));
};

/** Behind a backslash, or in brackets, everything is itself. */
const plain = /\\.|\[[^\]]*\]/gs;

/**
 * Why nobody can mean this pattern; undefined: somebody can. Braces and groups are no part of a glob: they would match
 * nothing, in silence.
 */
export const wrongGlob = (pattern: string): string | undefined => {
  if (pattern === '') return 'it is empty';
  if (pattern.length > MAX_PATTERN_LENGTH) return `it is longer than ${MAX_PATTERN_LENGTH} characters`;
  const rest = pattern.replace(plain, '');
  if ([...rest.matchAll(/\{([^{}]*)\}/g)].some(([, inside = '']) => /,|\.\./.test(inside)))
    return 'braces are not expanded: write each name out';
  return /\([^()]*\)/.test(rest) ? 'groups are not known: write each pattern out' : undefined;
};
