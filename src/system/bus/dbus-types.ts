/** A complete type of a signature (D-Bus specification, "Type system"). */
export interface Type {
  readonly code: string;
  /** its values begin at a multiple of so many bytes */
  readonly alignment: number;
  /** an array has one, a dictionary entry two, a structure at least one */
  readonly inner: readonly Type[];
}

const alignments: Readonly<Record<string, string>> = { 1: 'ygv', 2: 'nq', 4: 'biusoah', 8: 'xtd({' };
const alignmentOf = new Map(
  Object.entries(alignments).flatMap(([alignment, codes]) =>
    Array.from(codes, code => [code, Number(alignment)] as const),
  ),
);
const ends: Readonly<Record<string, string>> = { '(': ')', '{': '}' };
/** Of arrays and structures in one another: twice what the specification allows of either. */
const MAX_DEPTH = 64;

const parse = (signature: string): readonly Type[] => {
  let at = 0;
  const one = (depth: number): Type => {
    const code = signature.charAt(at);
    const alignment = alignmentOf.get(code);
    if (alignment === undefined || depth > MAX_DEPTH) throw new RangeError(`no D-Bus signature: ${signature}`);
    at += 1;
    const inner: Type[] = [];
    if (code === 'a') inner.push(one(depth + 1));
    else if (code in ends) {
      do inner.push(one(depth + 1));
      while (signature.charAt(at) !== ends[code]);
      at += 1;
      if (code === '{' && inner.length !== 2) throw new RangeError(`no D-Bus signature: ${signature}`);
    }
    return { code, alignment, inner };
  };
  const types: Type[] = [];
  while (at < signature.length) types.push(one(0));
  return types;
};

/** The few that every message has: `s`, `u`, `a{sv}` … */
const known = new Map<string, readonly Type[]>();
const MAX_KNOWN = 32;
const MAX_KNOWN_LENGTH = 16;

/** The types that a signature lists. Throws a RangeError at what is no signature. */
export const typesOf = (signature: string): readonly Type[] => {
  const types = known.get(signature) ?? parse(signature);
  if (known.size < MAX_KNOWN && signature.length <= MAX_KNOWN_LENGTH) known.set(signature, types);
  return types;
};
