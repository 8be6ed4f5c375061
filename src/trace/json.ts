/** How a trace writes what JSON has no word for: `{"$map": [[key, value], …]}`; an Error is its message. */
export const encode = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Map) return { $map: [...each] };
    return each instanceof Error ? { message: each.message } : each;
  });

const revive = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  const pairs: unknown = Reflect.get(value, '$map');
  if (Array.isArray(pairs)) {
    const entries = pairs.map((pair: unknown): readonly [unknown, unknown] =>
      Array.isArray(pair) ? [revive(pair[0]), revive(pair[1])] : [undefined, undefined],
    );
    return new Map(entries);
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revive(each)]));
};

/** The value in a line. Throws a SyntaxError for what is no JSON. */
export const decode = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  return text.includes('"$map"') ? revive(value) : value;
};
