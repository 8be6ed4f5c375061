import { expect, test } from '@jest/globals';
import { oneLine } from '../../../src/system/one-line.js';

test('what ends a line, moves a cursor or turns a line round is shown as an escape', () => {
  expect(oneLine('a\nb\rc\u001b[2Jd\u0000e\u007f\u0085\u2028\u202e')).toBe(
    'a\\x0ab\\x0dc\\x1b[2Jd\\x00e\\x7f\\x85\\u2028\\u202e',
  );
});

test('a tab stays, and so does everything that is printed', () => {
  expect(oneLine('a\tb ü 漢 👋')).toBe('a\tb ü 漢 👋');
});
