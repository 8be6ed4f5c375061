import { expect, test } from '@jest/globals';
import { onceFor } from '../../../../src/model/values/once-for.js';

test('is worked out again for another object, or when another value is not the same', () => {
  let times = 0;
  const sum = onceFor((of: { readonly n: number }, ...by: readonly number[]) => {
    times += 1;
    return by.reduce((all, one) => all + one, of.n);
  });
  const [one, two] = [{ n: 1 }, { n: 2 }];
  expect([sum(one, 1), sum(one, 1), sum(two, 1), sum(one, 1)]).toEqual([2, 2, 3, 2]);
  expect(times).toBe(2);
  expect([sum(one, 2), sum(one, 1)]).toEqual([3, 2]);
  expect(times).toBe(4);
});
