import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { completion } from '../../../src/commands/completion.js';
import { commands } from '../../../src/commands/usage.js';

/** What bash itself offers behind these words, the last of which is being written. */
const offered = (...words: readonly string[]): readonly string[] => {
  const program = `${completion()}
COMP_WORDS=(network-broker "$@"); COMP_CWORD=$#; _network_broker; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program, 'bash', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
};

test('offers the commands', () => {
  expect(offered('')).toEqual(Object.keys(commands));
  expect(offered('ch')).toEqual(['check']);
});

test('offers options, and what may follow them', () => {
  expect(offered('check', '--log-')).toEqual(['--log-level', '--log-format']);
  expect(offered('--log-format', '')).toEqual(['text', 'json']);
  expect(offered('run', '--config', '/etc/pass')).toContain('/etc/passwd');
});

test('offers what a word of a command may be, wherever options stand', () => {
  expect(offered('explain', 'lo')).toEqual(['lo']);
  expect(offered('-c', 'x.toml', 'explain', '--json', 'lo', 'rout')).toEqual(['routable', 'routes.d']);
  expect(offered('run-scripts', 'lo', 'configured', '')).toEqual([]);
  expect(offered('replay', '/etc/pass')).toContain('/etc/passwd');
  expect(offered('monitor', '--kind', 'ad')).toEqual(['address']);
  expect(offered('monitor', '--link', 'lo')).toEqual(['lo']);
});

test('offers nothing behind a command that takes no argument', () => {
  expect(offered('check', '')).toEqual([]);
});
