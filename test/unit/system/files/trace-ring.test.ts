import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Kept, keptIn, openTraceRing, removeTraceRing } from '../../../../src/system/files/trace-ring.js';

let directory = '';
let failures: unknown[] = [];
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'ring-')), 'trace');
  failures = [];
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

const open = (limit: number) => openTraceRing(directory, limit, error => failures.push(error));
const text = ({ read }: Kept): string => {
  let all = '';
  for (let piece = read(); piece !== undefined; piece = read()) all += String(piece);
  return all;
};

test('keeps what is appended, for this user only', () => {
  const ring = open(1 << 20);
  ring.begin('header');
  ring.append('a');
  expect(text(ring.kept())).toBe('header\na\n');
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, '000000001.jsonl')).mode & 0o777).toBe(0o600);
});

test('what was appended is in the file when the event loop has turned', async () => {
  const ring = open(1 << 20);
  ring.begin('header');
  await setImmediate();
  expect(text(keptIn(directory)!)).toBe('header\n');
});

test('begins another part when one is full, and lets the oldest go', () => {
  const ring = open(8000);
  ring.begin('header 0');
  for (let n = 1; n <= 1000; n += 1) {
    if (ring.isFull()) ring.begin(`header ${n}`);
    ring.append(`line ${n} ${'x'.repeat(90)}`);
  }
  const lines = text(ring.kept()).split('\n').filter(Boolean);
  expect(lines[0]).toMatch(/^header [1-9]/);
  expect(lines.at(-1)).toMatch(/^line 1000 /);
  expect(lines.join('\n').length).toBeLessThan(8000);
  expect(lines.length).toBeGreaterThan(60);
  expect(readdirSync(directory).length).toBeLessThanOrEqual(8);
});

test('two parts are kept however long they are, and a long header is followed by as much', () => {
  const ring = open(1000);
  ring.begin('x'.repeat(5000));
  ring.append('x'.repeat(4000));
  expect(ring.isFull()).toBe(false);
  ring.append('x'.repeat(1100));
  expect(ring.isFull()).toBe(true);
  ring.begin('y');
  expect(text(ring.kept())).toMatch(/^x{5000}\nx{4000}\nx{1100}\ny\n$/);
  ring.begin('z');
  expect(text(ring.kept())).toBe('y\nz\n');
});

test('goes on after what an earlier run has left', () => {
  const first = open(1 << 20);
  first.begin('one');
  first.close();
  const second = open(1 << 20);
  second.begin('two');
  expect(text(second.kept())).toBe('one\ntwo\n');
});

test('what is read is what was there, whatever comes and goes meanwhile', () => {
  const ring = open(1000);
  ring.begin('a'.repeat(500));
  const kept = ring.kept();
  ring.begin('b'.repeat(900));
  ring.begin('c');
  expect(text(ring.kept())).toBe(`${'b'.repeat(900)}\nc\n`);
  expect(text(kept)).toBe(`${'a'.repeat(500)}\n`);
});

test('says once that it cannot write, and is quiet then', () => {
  const ring = open(1 << 20);
  rmSync(directory, { recursive: true });
  ring.begin('a');
  ring.begin('b');
  ring.append('c');
  ring.kept();
  expect(failures).toHaveLength(1);
});

test('is removed with all it has; of nothing, nothing is left', () => {
  const ring = open(1 << 20);
  ring.begin('a');
  ring.close();
  removeTraceRing(directory);
  expect(existsSync(directory)).toBe(false);
  expect(keptIn(directory)).toBeUndefined();
});
