import { describe, expect, test } from '@jest/globals';
import { from, lastValueFrom, map, of, timeout, timer, toArray } from 'rxjs';
import { inOrder } from '../../../src/operators/in-order.js';
import { marbles } from '../../../src/testing/marbles.js';

describe('inOrder', () => {
  test(
    'one after the other, also what came meanwhile; it ends with the last',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-----------c|');
      const expected = '  -----a---b---------c|';
      expectObservable(source.pipe(inOrder(value => cold(`----(${value}|)`)))).toBe(expected.replace('c|', '(c|)'));
      expectSubscriptions(source.subscriptions).toBe('^---------------!');
    }),
  );

  test(
    'an error of the source, or of a projection, is one of the result',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a-#').pipe(inOrder(() => cold('----b|')))).toBe('--#');
      expectObservable(cold('a---').pipe(inOrder(() => cold('-#')))).toBe('-#');
    }),
  );

  test('thousands that end at once behind one that takes its time do not grow the stack', async () => {
    const numbers = Array.from({ length: 20_000 }, (_, n) => n);
    const done = from(numbers).pipe(inOrder(n => (n === 0 ? timer(1).pipe(map(() => 0)) : of(n))));
    expect(await lastValueFrom(done.pipe(toArray(), timeout(10_000)), { defaultValue: [] })).toEqual(numbers);
  });
});
