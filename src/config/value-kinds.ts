/** Kinds of values a key may take: what people are told to write, and how what they wrote is read. */
export interface Kind<T> {
  /** ends the sentence "expected …" */
  readonly expected: string;
  /** Undefined: the value is not of this kind. */
  readonly read: (found: unknown) => { readonly value: T } | undefined;
}

const words: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map(word => [word, true] as const),
  ...['false', 'no', 'off', '0'].map(word => [word, false] as const),
]);

const value = <T>(read: T): { readonly value: T } => ({ value: read });

/** A TOML boolean, or one of the words people write for one, in any case. */
export const bool: Kind<boolean> = {
  expected: 'true or false',
  read: found => {
    if (typeof found === 'boolean') return value(found);
    const read = typeof found === 'string' ? words.get(found.trim().toLowerCase()) : undefined;
    return read === undefined ? undefined : value(read);
  },
};

/** The same, but the empty string leaves the key unset. */
export const boolOrUnset: Kind<boolean | undefined> = {
  expected: bool.expected,
  read: found => (found === '' ? value(undefined) : bool.read(found)),
};

/** One of these words, in any case. */
export const oneOf = <T extends string>(...allowed: readonly T[]): Kind<T> => ({
  expected: `one of ${allowed.join(', ')}`,
  read: found => {
    const word = typeof found === 'string' ? found.trim().toLowerCase() : undefined;
    const read = allowed.find(each => each.toLowerCase() === word);
    return read === undefined ? undefined : value(read);
  },
});

/** A number, or a string that holds one. */
export const number = (expected: string, allowed: (n: number) => boolean): Kind<number> => ({
  expected,
  read: found => {
    const written = typeof found === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(found);
    const read = written ? Number(found) : found;
    return typeof read === 'number' && Number.isFinite(read) && allowed(read) ? value(read) : undefined;
  },
});

/** Of timers, in seconds: longer ones of Node fire at once. */
export const MAX_TIMER_S = 2_147_483;

export const seconds = number(
  `seconds: a number greater than 0, at most ${MAX_TIMER_S}`,
  n => n > 0 && n <= MAX_TIMER_S,
);

/** Words: a string with white space between them, or an array of strings, which may then hold white space. */
export const list = (expected: string, allowed: (word: string) => boolean = () => true): Kind<readonly string[]> => ({
  expected: `${expected}, as a string separated by white space or an array of strings`,
  read: found => {
    const read: readonly unknown[] | undefined =
      typeof found === 'string'
        ? found.split(/\s+/).filter(word => word !== '')
        : Array.isArray(found)
          ? found
          : undefined;
    const isWord = (word: unknown): word is string => typeof word === 'string' && word.trim() !== '' && allowed(word);
    return read?.every(isWord) ? value(read) : undefined;
  },
});

/** The same, but the empty string leaves the key unset: the way a drop-in takes back what another file sets. */
export const listOrUnset = (
  expected: string,
  allowed?: (word: string) => boolean,
): Kind<readonly string[] | undefined> => {
  const { expected: asList, read } = list(expected, allowed);
  return {
    expected: asList,
    read: found => (typeof found === 'string' && found.trim() === '' ? value(undefined) : read(found)),
  };
};

/** One or several of these words, each counted once. */
export const someOf = <T extends string>(...allowed: readonly T[]): Kind<readonly T[]> => {
  const each = oneOf(...allowed);
  return {
    expected: `one or several of ${allowed.join(', ')}`,
    read: found => {
      const words = list('').read(found)?.value ?? [];
      const read = words.flatMap(word => each.read(word)?.value ?? []);
      return read.length > 0 && read.length === words.length ? value([...new Set(read)]) : undefined;
    },
  };
};
