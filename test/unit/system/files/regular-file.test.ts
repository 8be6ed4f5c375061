import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { geteuid, seteuid } from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { createFiles } from '../../../../src/system/files/files.js';
import { readRegularFile } from '../../../../src/system/files/regular-file.js';

const MAX_BYTES = 65_536;
let directory = '';
let path = '';
let server: Server | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'regular-file-'));
  path = join(directory, 'file');
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(directory, { recursive: true });
});

const refused = (found: string) => ({
  is: 'refused',
  why: `${path}: expected a regular file of at most 64 KiB, found ${found}`,
});

describe('readRegularFile', () => {
  test('reads a file up to the very limit', () => {
    for (const length of [0, 1, 4095, 4096, 4097, MAX_BYTES - 1, MAX_BYTES]) {
      writeFileSync(path, 'x'.repeat(length));
      expect(readRegularFile(path, MAX_BYTES)).toEqual({ is: 'text', text: 'x'.repeat(length) });
    }
  });

  test('reads what lies behind a link', () => {
    writeFileSync(join(directory, 'text'), 'text');
    symlinkSync('text', path);
    expect(readRegularFile(path, MAX_BYTES)).toEqual({ is: 'text', text: 'text' });
  });

  test('reads files of the kernel, whose size is 0', () => {
    const read = readRegularFile('/proc/self/status', MAX_BYTES);
    expect(read.is === 'text' && read.text).toMatch(/^Name:.*\nVmPeak|^Name:/);
    expect(readRegularFile('/proc/kallsyms', 4096)).toEqual({
      is: 'refused',
      why: '/proc/kallsyms: expected a regular file of at most 4 KiB, found a longer one',
    });
  });

  test('says absent when there is none, nor a way to it', () => {
    expect(readRegularFile(path, MAX_BYTES)).toEqual({ is: 'absent' });
    writeFileSync(path, '');
    expect(readRegularFile(join(path, 'below'), MAX_BYTES)).toEqual({ is: 'absent' });
    symlinkSync('nowhere', join(directory, 'link'));
    expect(readRegularFile(join(directory, 'link'), MAX_BYTES)).toEqual({ is: 'absent' });
  });

  test('refuses what is too large, without reading it', () => {
    writeFileSync(path, '');
    truncateSync(path, 2 ** 40);
    expect(readRegularFile(path, MAX_BYTES)).toEqual(refused('one of 1 TiB'));
    truncateSync(path, MAX_BYTES + 1);
    expect(readRegularFile(path, MAX_BYTES)).toEqual(refused('one of 65537 bytes'));
  });

  test('refuses a FIFO and does not wait for somebody to write to it', () => {
    execFileSync('mkfifo', [path]);
    expect(readRegularFile(path, MAX_BYTES)).toEqual(refused('a FIFO'));
  });

  test('refuses a link to /dev/zero, and opens no device', () => {
    symlinkSync('/dev/zero', path);
    expect(readRegularFile(path, MAX_BYTES)).toEqual(refused('a character device'));
  });

  test('refuses a directory', () => {
    mkdirSync(path);
    expect(readRegularFile(path, MAX_BYTES)).toEqual(refused('a directory'));
  });

  test('refuses a socket', async () => {
    server = createServer();
    await new Promise<void>(resolve => server?.listen(path, resolve));
    expect(readRegularFile(path, MAX_BYTES)).toEqual(refused('a socket'));
  });

  test('refuses links that go round in circles', () => {
    symlinkSync('file', path);
    expect(readRegularFile(path, MAX_BYTES)).toMatchObject({
      is: 'refused',
      why: expect.stringMatching(/found ELOOP: /),
    });
  });

  test('stops at the limit when a file grows as fast as it is read', async () => {
    writeFileSync(path, '');
    const writer = spawn('sh', ['-c', 'while :; do head -c 65536 /dev/zero; done >>"$0"', path]);
    try {
      const end = Date.now() + 20_000;
      while (readRegularFile(path, MAX_BYTES).is !== 'refused') {
        expect(Date.now()).toBeLessThan(end);
        await new Promise(setImmediate);
      }
      expect(readRegularFile(path, MAX_BYTES).is).toBe('refused'); // it only grows
    } finally {
      writer.kill();
      await new Promise(resolve => writer.once('close', resolve));
    }
  });

  test('refuses what this user may not read', () => {
    writeFileSync(path, 'x');
    chmodSync(path, 0);
    const isRoot = geteuid?.() === 0;
    if (isRoot) seteuid?.(12_345);
    try {
      expect(readRegularFile(path, MAX_BYTES)).toEqual(refused('EACCES: permission denied'));
    } finally {
      if (isRoot) seteuid?.(0);
    }
  });

  test('leaves no descriptor open', () => {
    const open = (): number =>
      Number(execFileSync('sh', ['-c', `ls /proc/${process.pid}/fd | wc -l`], { encoding: 'utf8' }));
    const before = open();
    writeFileSync(path, 'x'.repeat(100));
    for (let round = 0; round < 50; round += 1) {
      readRegularFile(path, MAX_BYTES);
      readRegularFile(path, 10);
      readRegularFile(directory, MAX_BYTES);
    }
    expect(open()).toBeLessThan(before + 10);
  });
});

describe('Files.read', () => {
  const files = createFiles();
  const told = (file: string, most?: number) =>
    lastValueFrom(files.read(file, most).pipe(toArray()), { defaultValue: [] });

  test('errs on what is no regular file or too long, and says what was found', async () => {
    execFileSync('mkfifo', [path]);
    await expect(told(path)).rejects.toThrow(`${path}: expected a regular file of at most 1 MiB, found a FIFO`);
    rmSync(path);
    appendFileSync(path, 'x'.repeat(100));
    await expect(told(path, 99)).rejects.toThrow('at most 99 bytes, found one of 100 bytes');
    expect(await told(path, 100)).toEqual(['x'.repeat(100)]);
  });
});
