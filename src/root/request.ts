import { MAX_ROOT_REQUEST_BYTES, type RootRequest } from '../model/root-request.js';
import { treeStyles } from '../model/config.js';
import { field, isList, isRecord, isText, parseJson } from '../model/values/unknown.js';

/** Why nothing is run. */
export interface Refused {
  readonly refused: string;
}

export const refused = (why: string): Refused => ({ refused: why });

/** Each of them has to be looked at. */
const MAX_VARIABLES = 512;
const MAX_PATHS = 64;
const MAX_ARGS = 8;

const isTexts = (value: unknown, most: number): value is readonly string[] =>
  isList(value) && value.length <= most && value.every(isText);

/** Only what is a request and nothing else: of an object from JSON, so it has no prototype of anybody's making. */
const isTextTable = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.keys(value).length <= MAX_VARIABLES && Object.values(value).every(isText);

/** Reads a request, of which nothing is believed. */
export const parseRequest = (text: string): RootRequest | Refused => {
  if (text.length > MAX_ROOT_REQUEST_BYTES) return refused('expected a request of at most 256 KiB');
  const said = parseJson(text);
  if (!isRecord(said)) return refused('expected a request in JSON');
  const path = field(said.tree, 'path');
  const style = treeStyles.find(each => each === field(said.tree, 'style'));
  const { directory, script, args, variables } = said;
  if (!isTexts(path, MAX_PATHS) || style === undefined) return refused('expected the path and the style of a tree');
  if (!isText(directory) || !isText(script)) return refused('expected a directory and the name of a script');
  if (script === '' || script === '.' || script === '..' || /[/\0]/.test(script))
    return refused('expected the name of a script, without /');
  if (!isTexts(args, MAX_ARGS)) return refused(`expected at most ${MAX_ARGS} arguments`);
  if (!isTextTable(variables)) return refused(`expected at most ${MAX_VARIABLES} variables`);
  return { tree: { path, style }, directory, script, args, variables };
};
