import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, of, toArray } from 'rxjs';
import { keptConfiguration } from '../../../../src/daemon/state/kept-configuration.js';

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kept-'));
  path = join(directory, 'last-configuration.json');
});
afterEach(() => {
  chmodSync(directory, 0o755);
  rmSync(directory, { recursive: true });
});

const texts = [
  { file: '/etc/nb.toml', text: '[Scripts]\nMaxParallel = 2\n' },
  { file: '/etc/nb.toml.d/a.toml', text: '[Scripts]\nTimeoutSec = 3\n' },
];
const kept = () => keptConfiguration({ STATE_DIRECTORY: directory });
const keep = async (...all: readonly (typeof texts)[]): Promise<readonly string[]> =>
  (await lastValueFrom(of(...all).pipe(kept().keep, toArray()), { defaultValue: [] })).map(
    ({ code, message }) => `${code} ${message}`,
  );
const why = (): string => {
  const { last, faults } = kept().read();
  expect(last).toBeUndefined();
  return faults.map(({ message }) => message.replaceAll(directory, '')).join();
};

describe('the kept configuration', () => {
  test('is what was kept last, parsed anew', async () => {
    expect(await keep([], texts)).toEqual([]);
    expect(kept().read()).toMatchObject({
      last: { config: { scripts: { maxParallel: 2, timeoutSec: 3 } }, texts },
      faults: [],
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['last-configuration.json']);
  });

  test('is not written when it is what is there', async () => {
    await keep(texts);
    const { ino } = statSync(path);
    await keep(texts);
    expect(statSync(path).ino).toBe(ino);
    await keep(texts.slice(1));
    expect(readFileSync(path, 'utf8')).not.toContain('MaxParallel');
  });

  test('is none where nobody says where to keep it, or nothing was kept', () => {
    expect(keptConfiguration({}).read()).toEqual({ last: undefined, faults: [] });
    expect(kept().read()).toEqual({ last: undefined, faults: [] });
  });

  test.each([
    '',
    '{}',
    '[]',
    'null',
    '{"version":1}',
    '{"version":1,"texts":[]}',
    '{"version":2,"texts":[{"file":"a","text":""}]}',
    '{"version":1,"texts":[{"file":"a"}]}',
    '{"version":1,"texts":[7]}',
  ])('is none when it was not this program that wrote it: %s', text => {
    writeFileSync(path, text);
    expect(why()).toMatch(/cannot be used: .*not a configuration that this program kept$/);
  });

  test('that is wrong for this program says what is wrong', () => {
    writeFileSync(
      path,
      JSON.stringify({ version: 1, texts: [{ file: '/etc/nb.toml', text: '[Scripts]\nMaxParallel = 0' }] }),
    );
    expect(why()).toMatch(/^\/etc\/nb\.toml:2: \[Scripts\] MaxParallel: expected/);
  });

  test('is refused when it is no file, or somebody else may write it', async () => {
    await keep(texts);
    chmodSync(path, 0o666);
    expect(why()).toContain('/last-configuration.json is writable by group or others (mode 0666)');
    chmodSync(path, 0o600);
    chmodSync(directory, 0o777);
    expect(why()).toContain('is writable by group or others (mode 0777)');
    chmodSync(directory, 0o700);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(why()).toContain('found a FIFO');
  });

  test('that cannot be written is a fault, and the next one is kept', async () => {
    const elsewhere = keptConfiguration({ STATE_DIRECTORY: join(directory, 'none') });
    const faults = await lastValueFrom(of(texts, texts).pipe(elsewhere.keep, toArray()), { defaultValue: [] });
    expect(faults.map(({ code }) => code)).toEqual(['config-unkept', 'config-unkept']);
    writeFileSync(`${path}.new`, 'what a crash left');
    expect(await keep(texts)).toEqual([]);
  });
});
