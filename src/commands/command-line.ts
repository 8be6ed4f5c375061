import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isNativeError } from 'node:util/types';
import { nearest } from '../config/nearest.js';
import { logFormat, logLevel } from '../config/schema.js';
import type { Kind } from '../config/values.js';
import type { Config } from '../model/config.js';

export const commands = {
  run: 'the daemon, in the foreground (default)',
  check: 'say what would keep it from working',
} as const;
export type CommandName = keyof typeof commands;

/** What the command line and the environment ask for. */
export interface Options {
  readonly config: string;
  readonly scriptDirectory: string;
  /** the part of the configuration that was overridden */
  readonly system: Partial<Pick<Config['system'], 'logLevel' | 'logFormat'>>;
}

/** `text`: to be printed, and that was all. `wrong`: why the command line cannot be understood. */
export type CommandLine =
  { readonly command: CommandName; readonly options: Options } | { readonly text: string } | { readonly wrong: string };

export const help = `Usage: network-broker [COMMAND] [OPTIONS]

Watches the network and runs the scripts that belong to what happens there.

Commands:
${Object.entries(commands)
  .map(([name, brief]) => `  ${name.padEnd(20)} ${brief}`)
  .join('\n')}

Options:
  -c, --config FILE    default: /etc/network-broker/network-broker.toml
      --script-dir DIR where carrier.d, routable.d … lie; default: the directory of FILE
      --log-level L    debug, info, warn, error, fatal; default: what FILE says
      --log-format F   text, json; default: what FILE says
  -h, --help
  -V, --version

Environment: NETWORK_EVENT_LOG_LEVEL and NETWORK_EVENT_LOG_FORMAT stand in for --log-level and --log-format.
Exit status: 0 stopped as asked, 1 failed, 2 wrong usage.
`;

declare const VERSION: string | undefined; // the bundler writes it in
export const version = typeof VERSION === 'undefined' ? 'development' : VERSION;

class WrongUsage extends Error {}

/** Reads the first of these that is given, in the way the configuration does. */
const override = <T>(kind: Kind<T>, given: Readonly<Record<string, string | undefined>>): T | undefined => {
  const [name, value] = Object.entries(given).find(([, each]) => each !== undefined && each !== '') ?? [];
  if (name === undefined) return undefined;
  const read = kind.read(value);
  if (!read) throw new WrongUsage(`${name}: expected ${kind.expected}; found ${JSON.stringify(value)}`);
  return read.value;
};

const options = {
  config: { type: 'string', short: 'c', default: '/etc/network-broker/network-broker.toml' },
  'script-dir': { type: 'string' },
  'log-level': { type: 'string' },
  'log-format': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

const isCommand = (word: string): word is CommandName => Object.hasOwn(commands, word);

const commandOf = ([word = 'run', surplus]: readonly string[]): CommandName => {
  if (!isCommand(word)) {
    const meant = nearest(word, Object.keys(commands));
    throw new WrongUsage(`there is no command '${word}'${meant === undefined ? '' : `; did you mean ${meant}?`}`);
  }
  if (surplus !== undefined) throw new WrongUsage(`${word} takes no argument; found '${surplus}'`);
  return word;
};

const read = (argv: readonly string[], env: NodeJS.ProcessEnv): CommandLine => {
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  if (values.help) return { text: help };
  if (values.version) return { text: `network-broker ${version}\n` };
  const command = commandOf(positionals);
  const config = resolve(values.config);
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
  };
};

/** Understands the arguments that follow the program's name. Never throws. */
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
