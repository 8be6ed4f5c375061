import type { ConfigText } from './assignments.js';

/** Format of the file that holds the last valid configuration: `{version, texts: [{file, text}]}`. */
const VERSION = 1;

/** The texts, not what they say: a later version of the program may read more, or less, in them. */
export const formatKept = (texts: readonly ConfigText[]): string => `${JSON.stringify({ version: VERSION, texts })}\n`;

const isText = (value: unknown): value is ConfigText =>
  typeof value === 'object' &&
  value !== null &&
  typeof Reflect.get(value, 'file') === 'string' &&
  typeof Reflect.get(value, 'text') === 'string';

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** Undefined: there is none, or nothing that can be read. */
export const parseKept = (json: string): readonly ConfigText[] | undefined => {
  const found = parsed(json);
  if (typeof found !== 'object' || found === null || Reflect.get(found, 'version') !== VERSION) return undefined;
  const texts: unknown = Reflect.get(found, 'texts');
  return Array.isArray(texts) && texts.length > 0 && texts.every(isText) ? texts : undefined;
};
