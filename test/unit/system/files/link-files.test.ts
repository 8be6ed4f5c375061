import { afterEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, type Observable } from 'rxjs';
import { createLinkFiles } from '../../../../src/system/files/link-files.js';

const base = mkdtempSync(join(tmpdir(), 'link-files-'));
const directory = join(base, 'links');
const files = createLinkFiles(directory);
const done = <T>(what$: Observable<T>): Promise<T | undefined> => lastValueFrom(what$, { defaultValue: undefined });

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('files that describe links', () => {
  test('are there as a whole, for everybody, and none is left unfinished', async () => {
    expect(await done(files.names())).toEqual([]);
    await done(files.write('eth0.env', 'LINK="eth0"\n'));
    await done(files.write('eth0.json', '{}\n'));
    expect((await done(files.names()))?.toSorted()).toEqual(['eth0.env', 'eth0.json']);
    expect(readFileSync(join(directory, 'eth0.env'), 'utf8')).toBe('LINK="eth0"\n');
    expect(statSync(join(directory, 'eth0.env')).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory)).toHaveLength(2);
  });

  test('who has one open goes on reading what it was', async () => {
    await done(files.write('eth0.env', 'old'));
    const before = statSync(join(directory, 'eth0.env')).ino;
    await done(files.write('eth0.env', 'new'));
    expect(statSync(join(directory, 'eth0.env')).ino).not.toBe(before);
  });

  test('what a killed run has left unfinished is no name, and is replaced, not followed', async () => {
    await done(files.write('eth0.env', 'old'));
    writeFileSync(join(base, 'other'), 'untouched');
    symlinkSync(join(base, 'other'), join(directory, '.new'));
    expect(await done(files.names())).toEqual(['eth0.env']);
    await done(files.write('eth0.env', 'new'));
    expect(readFileSync(join(base, 'other'), 'utf8')).toBe('untouched');
    expect(readFileSync(join(directory, 'eth0.env'), 'utf8')).toBe('new');
  });

  test('one that is removed is gone, and to remove it again is no error', async () => {
    await done(files.write('eth0.env', 'x'));
    await done(files.remove('eth0.env'));
    await done(files.remove('eth0.env'));
    expect(await done(files.names())).toEqual([]);
  });
});
