import { expect, test } from '@jest/globals';
import { toError } from '../../../src/model/fault.js';

const throwing = (): never => {
  throw new Error('again');
};

test('an error is taken as it is', () => {
  const error = new TypeError('late');
  expect(toError(error)).toBe(error);
});

test.each<readonly [string, unknown, string]>([
  ['a text', 'late', 'late'],
  ['nothing', undefined, 'undefined'],
  ['a symbol', Symbol('late'), 'Symbol(late)'],
  ['an object without a prototype', Object.create(null), 'something was thrown that has no text'],
  ['an object that throws as text', { toString: throwing }, 'something was thrown that has no text'],
  ['an error without a message', Object.assign(new TypeError(), { message: undefined }), 'TypeError'],
  [
    'an error whose message throws',
    Object.defineProperty(new Error('x'), 'message', { get: throwing }),
    'something was thrown that has no text',
  ],
])('%s becomes an error with a message', (_, thrown, message) => {
  expect(toError(thrown).message).toBe(message);
});
