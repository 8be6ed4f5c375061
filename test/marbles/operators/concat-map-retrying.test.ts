import { describe, expect, test } from '@jest/globals';
import { from, lastValueFrom, map, of, timeout, timer, toArray } from 'rxjs';
import { concatMapRetrying } from '../../../src/operators/concat-map-retrying.js';
import { marbles } from '../../../src/testing/marbles.js';

/** It fails so often. */
const failing = (times: number) => {
  let left = times;
  return concatMapRetrying((value: string, { failures, fail }) => {
    if (left > 0) fail();
    left -= 1;
    return of(`${value}${failures}`);
  });
};

describe('concatMapRetrying', () => {
  test(
    'tries again what failed, after 1 s, then twice as long, until it succeeds',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a 9s |');
      const subs = '      ^- 9s !';
      const expected = '  -x 999ms y 1999ms z 6s |';
      expectObservable(source.pipe(failing(2))).toBe(expected, { x: 'a0', y: 'a1', z: 'a2' });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'begins to count anew when the value comes by itself',
    marbles(({ hot, expectObservable }) => {
      const source = hot('a 1500ms a 5s |');
      const expected = '  x 999ms y 500ms x 999ms y 4s |';
      expectObservable(source.pipe(failing(3))).toBe(expected, { x: 'a0', y: 'a1' });
    }),
  );

  test(
    'gives up after ten times: nobody is woken for ever',
    marbles(({ cold, expectObservable, flush }) => {
      const seen: string[] = [];
      const source = cold('ab');
      const result$ = source.pipe(concatMapRetrying((value, { fail }) => (fail(), seen.push(value), of())));
      expectObservable(result$).toBe('-');
      flush();
      expect(seen.filter(value => value === 'a')).toHaveLength(11);
    }),
  );

  test('thousands that end at once behind one that takes its time do not grow the stack', async () => {
    const numbers = Array.from({ length: 20_000 }, (_, n) => n);
    const done = from(numbers).pipe(concatMapRetrying(n => (n === 0 ? timer(1).pipe(map(() => 0)) : of(n))));
    expect(await lastValueFrom(done.pipe(toArray(), timeout(10_000)), { defaultValue: [] })).toEqual(numbers);
  });
});
