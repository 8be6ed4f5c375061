import type { Options } from '../config/options.js';
import { version } from '../config/version.js';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isNativeError } from 'node:util/types';
import { nearest } from '../config/nearest.js';
import { logFormat, logLevel } from '../config/schema.js';
import type { Kind } from '../config/value-kinds.js';
import { type CommandName, commands, formsOf, help, type Option, options } from './usage.js';

export type { CommandName } from './usage.js';
export { help } from './usage.js';

/** The arguments of one command. */
export interface Asked {
  /** the words after its name, as many as it needs */
  readonly words: readonly string[];
  /** the options without a value that were given, those of this command */
  readonly flags: readonly string[];
  /** the values of the repeatable options, by the option's name */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** `text`: to be printed, and nothing else. `wrong`: why the command line is not understood. */
export type CommandLine =
  | { readonly command: CommandName; readonly options: Options; readonly asked: Asked }
  | { readonly text: string }
  | { readonly wrong: string };

/** The configuration of the system's own daemon. */
export const systemConfig = '/etc/network-broker/network-broker.toml';

class WrongUsage extends Error {}

/** Reads the first of these that is given, as in the configuration. */
const override = <T>(kind: Kind<T>, given: Readonly<Record<string, string | undefined>>): T | undefined => {
  const [name, value] = Object.entries(given).find(([, each]) => each !== undefined && each !== '') ?? [];
  if (name === undefined) return undefined;
  const read = kind.read(value);
  if (!read) throw new WrongUsage(`${name}: expected ${kind.expected}; found ${JSON.stringify(value)}`);
  return read.value;
};

const isCommand = (word: string): word is CommandName => Object.hasOwn(commands, word);

const commandOf = (word = 'run'): CommandName => {
  if (isCommand(word)) return word;
  const meant = nearest(word, Object.keys(commands));
  throw new WrongUsage(`there is no command '${word}'${meant === undefined ? '' : `; did you mean ${meant}?`}`);
};

/** The words of a command, exactly as many as one of its forms needs. */
const wordsOf = (command: CommandName, words: readonly string[]): readonly string[] => {
  const needed = formsOf(commands[command]).map(form => form.words);
  if (needed.some(({ length }) => length === words.length)) return words;
  const takes = needed.map(each => each.join(' ')).join(' or ');
  const expected = takes === '' ? 'takes no argument' : `takes ${takes}`;
  throw new WrongUsage(`${command} ${expected}; found ${words.map(word => `'${word}'`).join(' ') || 'nothing'}`);
};

/** Refuses options that only other commands take. */
const refuseForeign = (command: CommandName, given: object): void => {
  for (const [name, { of }] of Object.entries<Option>(options))
    if (of !== undefined && !of.includes(command) && Object.hasOwn(given, name))
      throw new WrongUsage(`${command} takes no --${name}; ${of.join(', ')} ${of.length === 1 ? 'does' : 'do'}`);
};

/** The values of each repeatable option; choices are checked. */
const listsOf = (given: object): Asked['values'] =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, values]: [string, unknown]) => {
      if (!Array.isArray(values)) return [];
      const words = values.map(String);
      const option = Object.entries<Option>(options).find(([each]) => each === name)?.[1];
      const { choices, is = (word: string) => choices?.includes(word) !== false } = option ?? {};
      const expected = option?.expected ?? `one of ${choices?.join(', ')}`;
      const wrong = words.find(word => !is(word));
      if (wrong === undefined) return [[name, words]];
      throw new WrongUsage(`--${name}: expected ${expected}; found ${JSON.stringify(wrong)}`);
    }),
  );

const read = (argv: readonly string[], env: NodeJS.ProcessEnv): CommandLine => {
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  if (values.help) return { text: help };
  if (values.version) return { text: `network-broker ${version}\n` };
  // Who starts this program has entered it already.
  if (values.namespace !== undefined)
    throw new WrongUsage(`--namespace comes first: network-broker --namespace ${values.namespace} COMMAND`);
  const command = commandOf(positionals[0]);
  const words = wordsOf(command, positionals.slice(1));
  refuseForeign(command, values);
  const config = resolve(values.config ?? systemConfig);
  const level = override(logLevel, {
    '--log-level': values['log-level'],
    NETWORK_EVENT_LOG_LEVEL: env.NETWORK_EVENT_LOG_LEVEL,
  });
  const format = override(logFormat, {
    '--log-format': values['log-format'],
    NETWORK_EVENT_LOG_FORMAT: env.NETWORK_EVENT_LOG_FORMAT,
  });
  return {
    command,
    options: {
      config,
      scriptDirectory: resolve(values['script-dir'] ?? dirname(config)),
      system: { ...(level && { logLevel: level }), ...(format && { logFormat: format }) },
    },
    asked: {
      words,
      flags: Object.entries(values).flatMap(([name, value]) => (value === true ? [name] : [])),
      values: listsOf(values),
    },
  };
};

/** Parses the arguments after the program's name. Never throws. */
export const commandLine = (argv: readonly string[], env: NodeJS.ProcessEnv): CommandLine => {
  try {
    return read(argv, env);
  } catch (error) {
    const known =
      error instanceof WrongUsage ||
      (isNativeError(error) && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
    if (!known) throw error;
    return { wrong: error.message.replace(/\. To specify.*/s, '') };
  }
};
