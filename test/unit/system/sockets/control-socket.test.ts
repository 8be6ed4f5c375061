import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { lastValueFrom, type Subscription, tap } from 'rxjs';
import type { Fault } from '../../../../src/model/fault.js';
import { answering, ask } from '../../../../src/system/sockets/control-socket.js';

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

/** Connects and takes nothing. */
const silent = (path: string): Socket => {
  const socket = connect(path);
  socket.pause().on('error', () => undefined);
  return socket;
};

test('who takes nothing keeps a place until the deadline, whatever it says meanwhile', async () => {
  const path = join(directory, 'control.sock');
  listen(path, () => 'x'.repeat(4_000_000));
  const idle = Array.from({ length: 8 }, () => silent(path));
  await Promise.all(idle.map(socket => new Promise(resolve => socket.once('connect', resolve))));
  const talking = setInterval(() => idle.forEach(socket => socket.write('x')), 100);
  try {
    expect(await answerOf(path).catch(() => '')).toBe(''); // of the same user
    // What they say goes on for ever: without a deadline nobody would ever be answered.
    while ((await answerOf(path).catch(() => '')) === '') await new Promise(resolve => setTimeout(resolve, 50));
  } finally {
    clearInterval(talking);
    idle.forEach(socket => socket.destroy());
  }
});

test('nothing is made of what strangers ask for again and again, while the last answer is fresh', async () => {
  const path = join(directory, 'control.sock');
  let made = 0;
  listen(path, () => {
    for (const end = performance.now() + 50; performance.now() < end;);
    return String((made += 1));
  });
  const began = performance.now();
  for (let asked = 0; asked < 100; asked++) await answerOf(path);
  // Each took 50 ms or more to be made, and serves nine times as long, however busy the machine is.
  expect(made).toBeLessThanOrEqual(1 + (performance.now() - began) / 500);
});

test('an answer that drips for ever is waited for no longer than one that does not come', async () => {
  const path = join(directory, 'control.sock');
  const sockets: Socket[] = [];
  const server = createServer(socket => {
    sockets.push(socket);
    const dripping = setInterval(() => socket.write('x'), 50);
    socket.on('error', () => undefined).on('close', () => clearInterval(dripping));
  }).listen(path);
  await expect(answerOf(path)).rejects.toThrow('expected an answer within 2 s');
  server.close();
  sockets.forEach(socket => socket.destroy());
});
