import { describe, expect, test } from '@jest/globals';
import { commandLine, help } from '../../../src/cli/command-line.js';

const parse = (line: string, env: NodeJS.ProcessEnv = {}) => commandLine(line.split(' ').filter(Boolean), env);

test('nothing at all runs the daemon with the defaults', () => {
  expect(parse('')).toEqual({
    command: 'run',
    options: {
      config: '/etc/network-broker/network-broker.toml',
      scriptDirectory: '/etc/network-broker',
      system: {},
    },
    asked: { words: [], flags: [], values: {} },
  });
});

test('scripts lie beside the configuration file unless told otherwise, and both become absolute', () => {
  expect(parse('run -c /x/y.toml')).toMatchObject({ options: { config: '/x/y.toml', scriptDirectory: '/x' } });
  expect(parse('check --config=y.toml --script-dir s')).toMatchObject({
    command: 'check',
    options: { config: `${process.cwd()}/y.toml`, scriptDirectory: `${process.cwd()}/s` },
  });
});

test('an option goes before the environment, and an empty variable is none', () => {
  const env = { NETWORK_EVENT_LOG_LEVEL: 'debug', NETWORK_EVENT_LOG_FORMAT: 'json' };
  expect(parse('', env)).toMatchObject({ options: { system: { logLevel: 'debug', logFormat: 'json' } } });
  expect(parse('--log-level WARN --log-format text', env)).toMatchObject({
    options: { system: { logLevel: 'warn', logFormat: 'text' } },
  });
  expect(parse('', { NETWORK_EVENT_LOG_LEVEL: '' })).toMatchObject({ options: { system: {} } });
});

test('--help and --version are printed', () => {
  expect(parse('check --help')).toEqual({ text: help });
  expect(parse('-h')).toEqual({ text: help });
  expect(parse('--version')).toEqual({ text: expect.stringMatching(/^network-broker \S+\n$/) });
});

test('an option that may be given again gathers its values', () => {
  expect(parse('monitor --link eth* --kind address --link !eth9 --json')).toMatchObject({
    command: 'monitor',
    asked: { flags: ['json'], values: { link: ['eth*', '!eth9'], kind: ['address'] } },
  });
});

test('what is explained is a state of a link, or a fault', () => {
  expect(parse('explain eth0 routable')).toMatchObject({ asked: { words: ['eth0', 'routable'] } });
  expect(parse('explain source-lost')).toMatchObject({ command: 'explain', asked: { words: ['source-lost'] } });
  expect(help).toContain('explain LINK STATE ');
  expect(help).toContain('explain CODE ');
});

describe('wrong usage says what was expected and what was found', () => {
  test.each([
    ['chekc', "there is no command 'chekc'; did you mean check?"],
    ['dance', "there is no command 'dance'"],
    ['toString', "there is no command 'toString'"],
    ['run now', "run takes no argument; found 'now'"],
    ['explain', 'explain takes LINK STATE or CODE; found nothing'],
    ['explain a b c', "explain takes LINK STATE or CODE; found 'a' 'b' 'c'"],
    ['run-scripts lo', "run-scripts takes LINK STATE; found 'lo'"],
    ['--confg x', "Unknown option '--confg'"],
    ['--help=yes', "Option '-h, --help' does not take an argument"],
    ['--config', "Option '-c, --config <value>' argument missing"],
    ['--log-level loud', '--log-level: expected one of debug, info, warn, error, fatal; found "loud"'],
    ['check --kind link', 'check takes no --kind; monitor does'],
    [
      'monitor --kind adress',
      '--kind: expected one of link-state, manager-state, lease, address, link, route, rule, sleep; found "adress"',
    ],
    ['status --namespace x', '--namespace comes first: network-broker --namespace x COMMAND'],
    ['--log-format xml', '--log-format: expected one of text, json; found "xml"'],
  ])('%s', (line, wrong) => {
    expect(parse(line)).toEqual({ wrong });
  });

  test('a wrong variable', () => {
    expect(parse('', { NETWORK_EVENT_LOG_LEVEL: 'loud' })).toEqual({
      wrong: 'NETWORK_EVENT_LOG_LEVEL: expected one of debug, info, warn, error, fatal; found "loud"',
    });
  });
});
