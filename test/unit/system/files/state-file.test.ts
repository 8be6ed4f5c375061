import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { firstValueFrom, lastValueFrom, type Observable } from 'rxjs';
import { stateFile } from '../../../../src/system/files/state-file.js';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'state-file-'));
  path = join(directory, 'run', 'state.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

const done = (write$: Observable<never>): Promise<unknown> => lastValueFrom(write$, { defaultValue: 'done' });

describe('stateFile', () => {
  test('what is written replaces what was there, and is added to', async () => {
    const file = stateFile(path);
    expect(file.read()).toBe('');
    await done(file.write('first\n'));
    await done(file.write('second\n'));
    await done(file.append('third\n'));
    expect(file.read()).toBe('second\nthird\n');
    expect(readdirSync(join(directory, 'run'))).toEqual(['state.json']);
  });

  test('what another run left is not added to', async () => {
    await done(stateFile(path).write('first\n'));
    await expect(done(stateFile(path).append('second\n'))).rejects.toThrow(path);
    expect(readFileSync(path, 'utf8')).toBe('first\n');
  });

  test('a file that was removed is not added to; written anew, it is', async () => {
    const file = stateFile(path);
    await done(file.write('first\n'));
    rmSync(join(directory, 'run'), { recursive: true });
    await expect(done(file.append('second\n'))).rejects.toThrow(path);
    await done(file.write('second\n'));
    await done(file.append('third\n'));
    expect(file.read()).toBe('second\nthird\n');
  });

  test('an error names the file', async () => {
    writeFileSync(join(directory, 'run'), '');
    await expect(done(stateFile(path).write('first\n'))).rejects.toThrow(`${path}: `);
  });

  test('what cannot be replaced goes: what is outdated would be taken for what scripts were told last', async () => {
    const file = stateFile(path);
    await done(file.write('first\n'));
    mkdirSync(join(`${path}.new`, 'in-the-way'), { recursive: true });
    await expect(done(file.write('second\n'))).rejects.toThrow(path);
    expect(file.read()).toBe('');
    rmdirSync(join(`${path}.new`, 'in-the-way'));
    rmdirSync(`${path}.new`);
    await done(file.write('third\n'));
    expect(file.read()).toBe('third\n');
  });

  test('it is quiet when what waits has been read', async () => {
    const order: string[] = [];
    const quiet = firstValueFrom(stateFile(path).quiet$, { defaultValue: 0 }).then(() => order.push('quiet'));
    await Promise.resolve();
    order.push('now');
    await quiet;
    expect(order).toEqual(['now', 'quiet']);
  });
});
