import { expect, test } from '@jest/globals';
import { createRate } from '../../../src/root/rate.js';

test('a hundred at once wait for nothing, the next 20 ms each; after a pause there is room again', () => {
  const pause = createRate();
  const at = (now: number, count: number): readonly number[] => Array.from({ length: count }, () => pause(now));
  expect(Math.max(...at(0, 100))).toBe(0);
  expect(at(0, 3)).toEqual([20, 40, 60]);
  expect(at(60, 1)).toEqual([20]);
  expect(Math.max(...at(10_000, 100))).toBe(0);
  expect(at(10_000, 1)).toEqual([20]);
});

test('however many come, in a minute no more than 3,100 have their turn', () => {
  const pause = createRate();
  let turns = 0;
  for (let now = 0; now < 60_000; now += 1) if (now + pause(now) < 60_000) turns += 1;
  expect(turns).toBeLessThanOrEqual(3100);
});
