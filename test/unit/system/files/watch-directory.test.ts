import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subscription } from 'rxjs';
import { setTimeout as wait } from 'node:timers/promises';
import { directoryWatch } from '../../../../src/system/files/watch-directory.js';

let root = '';
let subscription: Subscription;
let told = 0;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'watch-'));
  told = 0;
});
afterEach(() => {
  subscription.unsubscribe();
  rmSync(root, { recursive: true, force: true });
});

const watch = (path: string): void => {
  subscription = directoryWatch.changes(path).subscribe({
    next: () => (told += 1),
    error: (error: unknown) => {
      throw error;
    },
  });
};
/** Does it, and waits until that was told. */
const expectTold = async (what: string, change: () => void): Promise<void> => {
  const before = told;
  change();
  for (const end = Date.now() + 20_000; told === before;) {
    if (Date.now() > end) throw new Error(`expected to be told within 20 s of ${what}`);
    await wait(2);
  }
};

describe('directoryWatch', () => {
  test('tells at once, then of every file that comes, gets other permissions, is moved or goes', async () => {
    const directory = join(root, 'routes.d');
    const script = join(directory, '10-a');
    mkdirSync(directory);
    watch(directory);
    expect(told).toBe(1);
    await expectTold('a new file', () => writeFileSync(script, '#!/bin/sh\n'));
    await expectTold('new permissions', () => chmodSync(script, 0o755));
    await expectTold('another name', () => renameSync(script, join(directory, '20-b')));
    await expectTold('the end of it', () => rmSync(join(directory, '20-b')));
  });

  test('waits for a directory that is not there, nor is the one above it, and follows it when it is replaced', async () => {
    const directory = join(root, 'etc', 'routes.d');
    watch(directory);
    expect(told).toBe(1);
    await expectTold('the directory above', () => {
      mkdirSync(join(root, 'etc'));
    });
    await expectTold('the directory', () => mkdirSync(directory));
    await expectTold('a file in it', () => writeFileSync(join(directory, '10-a'), ''));
    mkdirSync(join(root, 'etc', 'new'));
    await expectTold('the directory moved away', () => renameSync(directory, join(root, 'etc', 'old')));
    await expectTold('another one in its place', () => renameSync(join(root, 'etc', 'new'), directory));
    await expectTold('a file in that one', () => writeFileSync(join(directory, '20-b'), ''));
    await expectTold('its end', () => rmSync(directory, { recursive: true }));
    await expectTold('a third one', () => mkdirSync(directory));
    await expectTold('a file in the third one', () => writeFileSync(join(directory, '30-c'), ''));
  });
});
