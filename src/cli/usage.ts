/** What a command does, and the words that must follow it. */
export interface Form {
  readonly brief: string;
  readonly words: readonly (keyof typeof words)[];
}

/** One command; `or`: what else it does when other words follow it, another number of them. */
export interface Command extends Form {
  readonly or?: Form;
}

/** Every command, once: the parser, --help, the manual page and shell completion all read this table. */
export const commands = {
  run: { brief: 'the daemon, in the foreground (default)', words: [] },
  check: { brief: 'say what would keep it from working', words: [] },
  reload: { brief: 'have the daemon read its configuration again, if that is right', words: [] },
  status: { brief: 'ask the daemon how it is doing', words: [] },
  monitor: { brief: 'print what happens in the network, as it happens; without the daemon, for any user', words: [] },
  explain: {
    brief: 'which scripts run when a link gets into a state, in which order, with what, and why others do not',
    words: ['LINK', 'STATE'],
    or: { brief: 'what a fault of this code means, and what to do', words: ['CODE'] },
  },
  'run-scripts': { brief: 'run these scripts by hand, as the daemon would', words: ['LINK', 'STATE'] },
  flush: { brief: 'remove the policy rules and routes that are ours', words: [] },
  record: { brief: "write the daemon's trace to standard output, or record one", words: [] },
  replay: {
    brief: 'run the pipeline over a trace, in no time and without effects',
    words: ['TRACE'],
  },
  diagram: { brief: 'draw a trace as marble diagrams, one for each link', words: ['TRACE'] },
} as const satisfies Readonly<Record<string, Command>>;
export type CommandName = keyof typeof commands;

/** All that a command does. */
export const formsOf = ({ or, ...form }: Command): readonly Form[] => (or === undefined ? [form] : [form, or]);

/** Every form of every command, behind the command's name. */
export const forms: readonly (readonly [string, Form])[] = Object.entries<Command>(commands).flatMap(
  ([name, command]) => formsOf(command).map(form => [name, form] as const),
);

/** What the words of commands stand for. */
export const words = {
  LINK: 'a link by its name, an alternative name or its ifindex; manager: systemd-networkd itself',
  STATE:
    'a state (routable), properties (CarrierState=carrier,OperationalState=degraded), or addresses.d, leases.d, links.d, routes.d: ' +
    'the first address of the link, its lease, itself, its routes, as if they had just come',
  CODE: 'the code of a fault (source-lost), as LogFormat=json has it',
  TRACE: 'a file, or - for standard input',
} as const;

/** One option, in the shape of parseArgs of node:util. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** how its value is written in texts */
  readonly value?: string;
  readonly brief: string;
  /** words that its value may be; undefined: any */
  readonly choices?: readonly string[];
  /** the commands that take it; undefined: all */
  readonly of?: readonly CommandName[];
}

/** Every option, once. */
export const options = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    brief: 'default: /etc/network-broker/network-broker.toml',
  },
  'script-dir': {
    type: 'string',
    value: 'DIR',
    brief: 'where carrier.d, routable.d … lie; default: the directory of FILE',
  },
  'log-level': {
    type: 'string',
    value: 'LEVEL',
    brief: 'debug, info, warn, error, fatal; default: what FILE says',
    choices: ['debug', 'info', 'warn', 'error', 'fatal'],
  },
  'log-format': {
    type: 'string',
    value: 'FORMAT',
    brief: 'text, json; default: what FILE says',
    choices: ['text', 'json'],
  },
  redact: { type: 'boolean', brief: 'hide addresses and names, consistently', of: ['record'] },
  follow: { type: 'boolean', brief: 'go on with what happens from now on', of: ['record'] },
  json: { type: 'boolean', brief: 'for programs', of: ['status', 'monitor', 'explain'] },
  link: {
    type: 'string',
    multiple: true,
    value: 'PATTERN',
    brief: 'only these links, as in Links=; again for more',
    of: ['monitor'],
  },
  kind: {
    type: 'string',
    multiple: true,
    value: 'KIND',
    brief: 'link-state, manager-state, lease, address, link, route; again for more',
    choices: ['link-state', 'manager-state', 'lease', 'address', 'link', 'route'],
    of: ['monitor'],
  },
  svg: { type: 'boolean', brief: 'as a picture', of: ['diagram'] },
  test: { type: 'boolean', brief: 'as a marble test for node:test', of: ['diagram'] },
  help: { type: 'boolean', short: 'h', brief: 'print this' },
  version: { type: 'boolean', short: 'V', brief: 'print the version' },
} as const satisfies Readonly<Record<string, Option>>;

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

const commandRow = ([name, { brief, words }]: readonly [string, Form]): readonly [string, string] => [
  [name, ...words].join(' '),
  brief,
];

const optionRow = ([name, { short, value, brief, of }]: readonly [string, Option]): readonly [string, string] => [
  `${short === undefined ? '   ' : `-${short},`} --${name}${value === undefined ? '' : ` ${value}`}`,
  of === undefined ? brief : `${of.join(', ')}: ${brief}`,
];

export const help = `Usage: network-broker [COMMAND] [OPTIONS]

Watches the network and runs the scripts that belong to what happens there.

Commands:
${columns(forms.map(commandRow))}

Words:
${columns(Object.entries(words))}

Options:
${columns(Object.entries(options).map(optionRow))}

Environment: NETWORK_EVENT_LOG_LEVEL and NETWORK_EVENT_LOG_FORMAT stand in for --log-level and --log-format.
Exit status: 0 stopped as asked, 1 failed, 2 wrong usage, 78 wrong configuration (run, reload).
`;
