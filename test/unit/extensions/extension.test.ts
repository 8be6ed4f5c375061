import { describe, expect, test } from '@jest/globals';
import { identity } from 'rxjs';
import { defineExtension } from '../../../src/extensions/extension.js';

describe('defineExtension', () => {
  test('returns what it is given', () => {
    const parts = { name: 'web-hook.2', stages: [identity], sinks: [], sources: [] };
    expect(defineExtension(parts)).toBe(parts);
    expect(defineExtension({ name: 'x' })).toEqual({ name: 'x' });
  });

  test.each([
    [undefined, 'defineExtension: expected an object { name, stages, sinks, sources, routes }, found undefined'],
    [{}, 'defineExtension: expected a name of up to 64 letters, digits, -, _ and ., found undefined'],
    [{ name: 'a b' }, "defineExtension: expected a name of up to 64 letters, digits, -, _ and ., found 'a b'"],
    [{ name: 'a', sinks: [1] }, 'defineExtension: expected sinks of a to be a list of functions, found [ 1 ]'],
    [
      { name: 'a', stages: identity },
      'defineExtension: expected stages of a to be a list of functions, found [Function: identity]',
    ],
    [{ name: 'a', routes: 'yes' }, "defineExtension: expected routes of a to be true or false, found 'yes'"],
    [
      { name: 'a', stage: [] },
      "defineExtension: expected nothing in a but name, stages, sinks, sources, routes, found 'stage'",
    ],
  ])('says what is wrong with %j', (given, message) => {
    expect(() => defineExtension(given as never)).toThrow(new TypeError(message));
  });
});
