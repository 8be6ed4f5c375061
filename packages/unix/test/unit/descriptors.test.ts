import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { receiveDescriptors, sendDescriptors, socketPair } from '../../src/index.js';
import { codeOf } from './code-of.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
let [one, other] = [-1, -1];
beforeEach(() => {
  [one, other] = socketPair();
});
afterEach(() => [one, other].forEach(fd => fd >= 0 && closeSync(fd)));

test('bytes and open files arrive together', () => {
  const file = openSync('/proc/self/comm', 'r');
  expect(sendDescriptors(one, bytes('hello'), [file, one])).toBe(5);
  closeSync(file);
  const { bytes: text, descriptors } = receiveDescriptors(other);
  const [received = -1, socket = -1] = descriptors;
  expect(new TextDecoder().decode(text)).toBe('hello');
  expect(readFileSync(received, 'utf8')).toBe(readFileSync('/proc/self/comm', 'utf8'));
  writeSync(socket, 'through the copy');
  expect(receiveDescriptors(other, 7)).toEqual({ bytes: bytes('through'), descriptors: [] });
  expect(readFileSync(`/proc/self/fdinfo/${received}`, 'utf8')).toMatch(/^flags:\s*02\d{6}$/m); // O_CLOEXEC
  descriptors.forEach(fd => closeSync(fd));
});

test('nothing waits, and the end is an empty piece', () => {
  expect(codeOf(() => receiveDescriptors(other))).toBe('EAGAIN');
  closeSync(one);
  one = -1;
  expect(receiveDescriptors(other)).toEqual({ bytes: new Uint8Array(), descriptors: [] });
  expect(codeOf(() => sendDescriptors(other, bytes('x'), []))).toBe('EPIPE');
});

test('64 at a time, and nothing is left open when there is no room for them', () => {
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  const many = Array.from({ length: 64 }, () => one);
  sendDescriptors(one, bytes('x'), many);
  const { descriptors } = receiveDescriptors(other);
  expect(descriptors.length).toBe(64);
  expect(new Set(descriptors.map(fd => readlinkSync(`/proc/self/fd/${fd}`))).size).toBe(1);
  descriptors.forEach(fd => closeSync(fd));
  expect(open()).toBe(before);
  expect(codeOf(() => sendDescriptors(one, bytes('x'), [...many, one]))).toBe('E2BIG');
});

test('what is not open, or no socket, is refused by its errno', () => {
  expect(codeOf(() => sendDescriptors(one, bytes('x'), [9999]))).toBe('EBADF');
  expect(codeOf(() => sendDescriptors(one, bytes(''), []))).toBe('EINVAL');
  const file = openSync('/dev/null', 'r');
  expect(codeOf(() => receiveDescriptors(file))).toBe('ENOTSOCK');
  closeSync(file);
});
