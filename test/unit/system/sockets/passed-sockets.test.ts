import { expect, test } from '@jest/globals';
import { passedSockets } from '../../../../src/system/sockets/passed-sockets.js';

const passed = (LISTEN_PID: string, LISTEN_FDS: string) => passedSockets({ LISTEN_PID, LISTEN_FDS }, 42);

test('descriptors from 3 are those of the service manager, if it means this process', () => {
  expect(passed('42', '2')).toEqual([3, 4]);
  expect(passed('41', '2')).toEqual([]);
  expect(passedSockets({}, 42)).toEqual([]);
});

test('a number that is none passes nothing, and one that is far too large a few', () => {
  expect(['', '0', '-1', '1.5', 'x', 'Infinity'].flatMap(fds => passed('42', fds))).toEqual([]);
  expect(passed('42', '1000000')).toHaveLength(8);
});
