import { describe, expect, test } from '@jest/globals';
import { lineOf } from '../../../src/config/assignments.js';

describe('the line of a key', () => {
  const text = `top = 1
[A]   # comment
key = 1
"quoted" = 2
 indented=3
[ B . c ]
key = 4
[A.deep]
key = 5
d.e = 6
[[list]]
x = 7`;
  test.each([
    [undefined, 'top', 1],
    [undefined, 'A', 2],
    ['A', 'key', 3],
    ['A', 'quoted', 4],
    ['A', 'indented', 5],
    ['B', 'c', 6],
    ['B.c', 'key', 7],
    ['A.deep', 'key', 9],
    ['A.deep.d', 'e', 10],
    [undefined, 'list', 11],
    ['A', 'absent', undefined],
    ['B', 'key', undefined],
  ])('of %s %s is %s', (section, name, line) => {
    expect(lineOf(text)(section, name)).toBe(line);
  });
});
