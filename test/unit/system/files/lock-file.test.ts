import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chownSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFile } from '../../../../src/system/files/lock-file.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-file-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('one has it, the next is told what that one noted, and when it is closed it is free', () => {
  const path = join(directory, 'new', 'lock');
  const first = lockFile(path, 'the first');
  expect(lockFile(path, 'the second')).toEqual({ isOurs: false, note: 'the first' });
  if (first.isOurs) first.close();
  const third = lockFile(path, '3');
  expect(lockFile(path, '4')).toEqual({ isOurs: false, note: '3' });
  if (third.isOurs) third.close();
});

test('strangers cannot open it', () => {
  const path = join(directory, 'lock');
  const lock = lockFile(path, '');
  expect(statSync(path).mode & 0o7777).toBe(0o600);
  if (lock.isOurs) lock.close();
});

const asRoot = process.geteuid?.() === 0 ? test : test.skip;
asRoot('what root makes is the user’s whose directory it is, so that this one can lock it later', () => {
  chownSync(directory, 65534, 65534);
  const path = join(directory, 'lock');
  const lock = lockFile(path, '');
  if (lock.isOurs) lock.close();
  expect([statSync(path).uid, statSync(path).gid]).toEqual([65534, 65534]);
});

test('a link, a FIFO or a directory in its place is refused, and what a link leads to is left alone', () => {
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, join(directory, 'link'));
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  mkdirSync(join(directory, 'directory'));
  expect(() => lockFile(join(directory, 'link'), 'note')).toThrow('ELOOP');
  expect(() => lockFile(join(directory, 'fifo'), 'note')).toThrow('expected a regular file');
  expect(() => lockFile(join(directory, 'directory'), 'note')).toThrow('EISDIR');
  linkSync(victim, join(directory, 'hard'));
  expect(() => lockFile(join(directory, 'hard'), 'note')).toThrow('expected a regular file');
  expect(statSync(victim).size).toBe(8);
});
