import type { ConfigText } from './assignments.js';
import { field, isList, isText, parseJson } from '../model/values/unknown.js';

/** Format of the file that holds the last valid configuration: `{version, texts: [{file, text}]}`. */
const VERSION = 1;

/** The texts, not what they say: a later version of the program may read more, or less, in them. */
export const formatKept = (texts: readonly ConfigText[]): string => `${JSON.stringify({ version: VERSION, texts })}\n`;

const isConfigText = (value: unknown): value is ConfigText =>
  isText(field(value, 'file')) && isText(field(value, 'text'));

/** Undefined: there is none, or nothing that can be read. */
export const parseKept = (json: string): readonly ConfigText[] | undefined => {
  const kept = parseJson(json);
  const texts = field(kept, 'version') === VERSION ? field(kept, 'texts') : undefined;
  return isList(texts) && texts.length > 0 && texts.every(isConfigText) ? texts : undefined;
};
