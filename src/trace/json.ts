import { isMap } from '../world/with-value.js';

/**
 * JSON, with `{"$map": [[key, value], …]}`, `{"$bytes": "hex"}` and `{"$bigint": "1"}` for what JSON lacks; of an
 * Error, the fields that programs read. Throws a TypeError for cyclic values.
 */
export const encode = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return { $bigint: String(each) };
    if (typeof each !== 'object' || each === null) return each;
    if (isMap(each)) return { $map: Array.from<unknown>(each) };
    if (each instanceof Set) return Array.from<unknown>(each);
    if (each instanceof Error) return errorFields(each);
    return each instanceof Uint8Array ? { $bytes: Buffer.from(each).toString('hex') } : each;
  });

/** The fields of an error that sinks read. */
export const errorFields = (error: Error): Readonly<Record<string, unknown>> => ({
  message: error.message,
  ...Object.fromEntries(
    ['code', 'errno', 'errorName'].flatMap(name => {
      const value: unknown = Reflect.get(error, name);
      return value === undefined ? [] : [[name, value]];
    }),
  ),
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
  const bytes: unknown = Reflect.get(value, '$bytes');
  if (typeof bytes === 'string') return Uint8Array.from(Buffer.from(bytes, 'hex'));
  const integer: unknown = Reflect.get(value, '$bigint');
  if (typeof integer === 'string' && /^-?\d+$/.test(integer)) return BigInt(integer);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revive(each)]));
};

const marked = /"\$(?:map|bytes|bigint)":/;

/** The value in a line. Throws a SyntaxError for what is not JSON. */
export const decode = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  return marked.test(text) ? revive(value) : value;
};
