// What comes from outside is `unknown` until it has been looked at.

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** What JSON calls an object. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) && !isList(value);

export const isText = (value: unknown): value is string => typeof value === 'string';

/** Empty for what is no text. */
export const textOf = (value: unknown): string => (isText(value) ? value : '');

/** The texts in a list; none if it is not one. */
export const textsOf = (value: unknown): readonly string[] => (isList(value) ? value.filter(isText) : []);

/** A property of anything; undefined if there is none. */
export const field = (value: unknown, name: string): unknown =>
  isObject(value) ? Reflect.get(value, name) : undefined;

/** The value of a JSON document; undefined if the text is not JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
