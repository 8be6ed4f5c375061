import { expect, test } from '@jest/globals';
import { choosesLink } from '../../../src/world/link-patterns.js';

test.each([
  ['wl?n0', true],
  ['wl*n0', true],
  ['wl*', true],
  ['wl??n0', false],
  ['wln0', false],
])('a byte of a name that is no UTF-8 is a character to the pattern %s', (pattern, isChosen) => {
  expect(choosesLink([pattern], { name: 'wl\udce4n0', alternativeNames: [] })).toBe(isChosen);
  expect(choosesLink([pattern], { name: 'eth0', alternativeNames: ['wl\udce4n0'] })).toBe(isChosen);
});
