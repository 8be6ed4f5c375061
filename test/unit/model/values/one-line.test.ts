import { expect, test } from '@jest/globals';
import { oneLine } from '../../../../src/model/values/one-line.js';

test('what ends a line, moves a cursor or turns a line round is shown as an escape', () => {
  expect(oneLine('a\nb\rc\u001b[2Jd\u0000e\u007f\u0085\u2028\u202e')).toBe(
    'a\\x0ab\\x0dc\\x1b[2Jd\\x00e\\x7f\\u0085\\u2028\\u202e',
  );
});

test('a byte that is no UTF-8 is shown as it is, and as nothing else is', () => {
  expect(oneLine('wl\udce4n0 wlän0 👋\udcff \ud800 \u009b \uffff')).toBe(
    'wl\\xe4n0 wlän0 👋\\xff \\ud800 \\u009b \\uffff',
  );
});

test('a tab stays, and so does everything that is printed', () => {
  expect(oneLine('a\tb ü 漢 👋')).toBe('a\tb ü 漢 👋');
});
