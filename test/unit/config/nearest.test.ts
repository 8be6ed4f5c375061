import { expect, test } from '@jest/globals';
import { distance, nearest } from '../../../src/config/nearest.js';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['', 'abc', 3],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
])('the distance from %j to %j is %i', (a, b, far) => {
  expect(distance(a, b)).toBe(far);
});

test('the nearest word is found without regard to case', () => {
  expect(nearest('LOGLEVL', ['Generator', 'LogLevel'])).toBe('LogLevel');
});

test('a word that is near to none has no nearest', () => {
  expect(nearest('Colour', ['Generator', 'LogLevel'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});
