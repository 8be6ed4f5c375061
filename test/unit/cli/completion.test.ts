import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completion } from '../../../src/cli/completion.js';
import { commands } from '../../../src/cli/usage.js';

/** What bash itself offers behind these words, the last of which is being written. */
const offered = (...words: readonly string[]): readonly string[] => offeredWith(completion(), words);
const offeredWith = (script: string, words: readonly string[]): readonly string[] => {
  const program = `${script}
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
  expect(offered('explain', 'source-')).toEqual(['source-lost']);
  expect(offered('run-scripts', 'source-')).toEqual([]);
  expect(offered('run-scripts', 'lo', 'configured', '')).toEqual([]);
  expect(offered('replay', '/etc/pass')).toContain('/etc/passwd');
  expect(offered('monitor', '--kind', 'ad')).toEqual(['address']);
  expect(offered('monitor', '--link', 'lo')).toEqual(['lo']);
});

test('a link can have any name: none of it is executed, and it is offered as a shell has to be given it; beside links, manager', () => {
  const directory = mkdtempSync(join(tmpdir(), 'links-'));
  try {
    for (const name of ['eth0', '$(touch x)', '`touch x`', 'a;b', '*']) writeFileSync(join(directory, name), '');
    const script = `cd ${directory}\n${completion(directory)}`;
    expect([...offeredWith(script, ['run-scripts', ''])].sort()).toEqual([
      '\\$\\(touch\\ x\\)',
      '\\*',
      '\\`touch\\ x\\`',
      'a\\;b',
      'eth0',
      'manager',
    ]);
    expect(offeredWith(script, ['monitor', '--link', 'e'])).toEqual(['eth0']);
    expect(readdirSync(directory)).not.toContain('x');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('offers nothing behind a command that takes no argument', () => {
  expect(offered('check', '')).toEqual([]);
});
