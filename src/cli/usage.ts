import { eventKinds } from '../model/event.js';
import { momentOf } from '../trace/recorded-time.js';

/** What a command does, and the words that must follow it. */
export interface Form {
  readonly brief: string;
  readonly words: readonly (keyof typeof words)[];
}

/** One command; `or`: another form, with another number of words. */
export interface Command extends Form {
  readonly or?: Form;
}

/** Every command, once: the parser, --help, the manual page and shell completion all read this table. */
export const commands = {
  run: { brief: 'run the daemon in the foreground (default)', words: [] },
  check: { brief: 'report everything that would keep the daemon from working', words: [] },
  reload: { brief: 'have the daemon reread its configuration; an invalid one is refused', words: [] },
  status: { brief: 'show how the daemon is doing', words: [] },
  metrics: { brief: "print the daemon's metrics for the textfile collector of Prometheus' node exporter", words: [] },
  monitor: { brief: 'print network events as they happen; needs neither the daemon nor privileges', words: [] },
  explain: {
    brief: 'show which scripts run for a state of a link, in which order, with what environment, and why others do not',
    words: ['LINK', 'STATE'],
    or: { brief: 'explain a fault code and what to do about it', words: ['CODE'] },
  },
  'run-scripts': { brief: 'run these scripts as the daemon would', words: ['LINK', 'STATE'] },
  flush: { brief: 'remove the policy rules and routes that the broker installed', words: [] },
  polkit: { brief: 'print the polkit rule that the tables [[Start]] of the configuration need', words: [] },
  migrate: {
    brief:
      "print what would become of networkd-dispatcher's and NetworkManager's scripts, as a drop-in of the configuration",
    words: [],
  },
  record: { brief: "write the daemon's trace to standard output, or record a new one", words: [] },
  replay: {
    brief: 'replay a trace in virtual time, without side effects',
    words: ['TRACE'],
  },
  diagram: { brief: 'draw a trace as marble diagrams, one per link', words: ['TRACE'] },
  view: { brief: 'write a trace as a page for browsers, in one HTML file', words: ['TRACE'] },
} as const satisfies Readonly<Record<string, Command>>;
export type CommandName = keyof typeof commands;

/** All forms of a command. */
export const formsOf = ({ or, ...form }: Command): readonly Form[] => (or === undefined ? [form] : [form, or]);

/** Every form of every command, with the command's name. */
export const forms: readonly (readonly [string, Form])[] = Object.entries<Command>(commands).flatMap(
  ([name, command]) => formsOf(command).map(form => [name, form] as const),
);

/** What the words of commands mean. */
export const words = {
  LINK: 'a link by name, alternative name or ifindex; manager: systemd-networkd itself',
  STATE:
    'a state (routable), properties (CarrierState=carrier,OperationalState=degraded), or addresses.d, leases.d, links.d, routes.d: ' +
    'as if its first address, its lease, the link itself or its routes had just appeared',
  CODE: 'the code of a fault, as LogFormat=json logs it: source-lost',
  TRACE: 'a file, or - for standard input',
} as const;

/** One option, in the shape of parseArgs of node:util. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** the placeholder of its value */
  readonly value?: string;
  readonly brief: string;
  /** the permitted values; undefined: any */
  readonly choices?: readonly string[];
  /** is this a value? and what is one, for people; undefined: any is */
  readonly is?: (value: string) => boolean;
  readonly expected?: string;
  /** the commands that accept it; undefined: all */
  readonly of?: readonly CommandName[];
}

/** An extension's events are known to the daemon only. */
const toldKinds = eventKinds.filter(kind => kind !== 'extension');

const time = {
  type: 'string',
  multiple: true,
  value: 'TIME',
  is: (text: string) => momentOf(text) !== undefined,
  expected: 'seconds as a replay shows them (12.345), or a date and a time (2026-02-03T12:00:00Z)',
  of: ['replay', 'diagram'],
} as const;

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
    brief: 'where carrier.d, routable.d … are; default: the directory of FILE',
  },
  'log-level': {
    type: 'string',
    value: 'LEVEL',
    brief: 'debug, info, warn, error, fatal; default: as set in FILE',
    choices: ['debug', 'info', 'warn', 'error', 'fatal'],
  },
  'log-format': {
    type: 'string',
    value: 'FORMAT',
    brief: 'text, json; default: as set in FILE',
    choices: ['text', 'json'],
  },
  namespace: {
    type: 'string',
    value: 'NAME',
    brief: 'before COMMAND: about network-broker@NAME.service, in the network namespace NAME of ip-netns(8)',
  },
  redact: { type: 'boolean', brief: 'replace addresses and names with consistent pseudonyms', of: ['record'] },
  follow: { type: 'boolean', brief: 'keep recording new events', of: ['record'] },
  json: { type: 'boolean', brief: 'print JSON', of: ['status', 'monitor', 'explain'] },
  link: {
    type: 'string',
    multiple: true,
    value: 'PATTERN',
    brief: 'only these links, as in Links= (repeatable)',
    of: ['monitor', 'replay', 'diagram'],
  },
  kind: {
    type: 'string',
    multiple: true,
    value: 'KIND',
    brief: `${toldKinds.join(', ')} (repeatable)`,
    choices: toldKinds,
    of: ['monitor'],
  },
  jobs: {
    type: 'boolean',
    brief: 'print the jobs that polkit has to allow, a verb and a unit a line, for the links that there are',
    of: ['polkit'],
  },
  from: { ...time, brief: 'only from then on: 12.345, or 2026-02-03T12:00:00Z' },
  to: { ...time, brief: 'only until then' },
  around: {
    type: 'string',
    multiple: true,
    value: 'TEXT',
    brief: 'only 5 s before and after what has this in its text, such as a script',
    of: ['replay', 'diagram'],
  },
  'last-run': {
    type: 'string',
    multiple: true,
    value: 'N',
    brief: 'only this run of the daemon, counted from the last, which is 1',
    is: text => /^[1-9]\d{0,8}$/.test(text),
    expected: 'a number, 1 for the last run',
    of: ['replay', 'diagram', 'view'],
  },
  extension: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    brief: 'run the stages of this extension, as they are today, in place of what left them then (repeatable)',
    of: ['replay'],
  },
  svg: { type: 'boolean', brief: 'as an SVG picture', of: ['diagram'] },
  test: { type: 'boolean', brief: 'as a marble test for node:test', of: ['diagram'] },
  help: { type: 'boolean', short: 'h', brief: 'print this help' },
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

Watches the network and runs scripts when something changes.

Commands:
${columns(forms.map(commandRow))}

Words:
${columns(Object.entries(words))}

Options:
${columns(Object.entries(options).map(optionRow))}

Environment: NETWORK_EVENT_LOG_LEVEL and NETWORK_EVENT_LOG_FORMAT are used where --log-level and --log-format are not given.
Exit status: 0 success, 1 failure, 2 usage error, 78 invalid configuration (run, reload).
`;
