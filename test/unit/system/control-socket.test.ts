import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, type Subscription, tap } from 'rxjs';
import type { Fault } from '../../../src/model/fault.js';
import { answering, ask } from '../../../src/system/control-socket.js';

let directory = '';
let open: Subscription[] = [];
let faults: Fault[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'control-'));
  faults = [];
});
afterEach(() => {
  open.forEach(each => each.unsubscribe());
  open = [];
  rmSync(directory, { recursive: true });
});

const answerOf = (path: string): Promise<string> => lastValueFrom(ask(path), { defaultValue: 'nothing' });
const listen = (path: string, answer: () => string): Subscription => {
  const subscription = answering(path, answer)
    .pipe(tap(fault => faults.push(fault)))
    .subscribe();
  open.push(subscription);
  return subscription;
};

test('answers everybody with the text of the moment, however long it is', async () => {
  const path = join(directory, 'below', 'control.sock');
  let n = 0;
  listen(path, () => `${(n += 1)}${'x'.repeat(1_000_000)}`);
  expect((await answerOf(path)).slice(0, 2)).toBe('1x');
  expect(await answerOf(path)).toHaveLength(1_000_001);
  expect(statSync(path).mode & 0o777).toBe(0o666);
});

test('takes the place of the socket of a run that was killed', async () => {
  const path = join(directory, 'control.sock');
  writeFileSync(path, '');
  listen(path, () => 'here');
  expect(await answerOf(path)).toBe('here');
  expect(faults).toEqual([]);
});

test('unsubscribed, listens no more and leaves nothing', async () => {
  const path = join(directory, 'control.sock');
  listen(path, () => 'here').unsubscribe();
  await expect(answerOf(path)).rejects.toThrow('ENOENT');
  expect(existsSync(path)).toBe(false);
});

test('where it cannot listen it says so and nothing more', () => {
  writeFileSync(join(directory, 'file'), '');
  listen(join(directory, 'file', 'control.sock'), () => '');
  expect(faults.map(({ code }) => code)).toEqual(['control-socket']);
});
