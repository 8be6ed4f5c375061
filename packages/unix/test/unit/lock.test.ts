import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lock } from '../../src/index.js';
import { codeOf } from './code-of.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('one descriptor has the lock, until it is closed', () => {
  const path = join(directory, 'file');
  const [first, second] = [openSync(path, 'w'), openSync(path, 'w')];
  expect([lock(first), lock(first), lock(second)]).toEqual([true, true, false]);
  closeSync(first);
  expect(lock(second)).toBe(true);
  closeSync(second);
});

test('the lock of a process that was killed is free', async () => {
  const path = join(directory, 'file');
  const holder = spawn('flock', [path, '-c', 'echo locked; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  await once(holder.stdout, 'data');
  const fd = openSync(path, 'w');
  expect(lock(fd)).toBe(false);
  const ended = once(holder.stdout, 'close');
  process.kill(-(holder.pid ?? 0), 'SIGKILL');
  await ended;
  expect(lock(fd)).toBe(true);
  closeSync(fd);
});

test('what is not open cannot be locked', () => {
  expect(codeOf(() => lock(9999))).toBe('EBADF');
  expect(codeOf(() => lock(-1))).toBe('EBADF');
});
