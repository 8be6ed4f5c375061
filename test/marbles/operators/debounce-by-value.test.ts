import { describe, test } from '@jest/globals';
import { debounceByValue } from '../../../src/operators/debounce-by-value.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

describe('debounceByValue', () => {
  testLaws(() => debounceByValue<string>(0, 0));

  test(
    'each value waits on its own, and anew when it comes again',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-ba---------|');
      const subs = '      ^-------------!';
      const expected = '  ------ba------|';
      expectObservable(source.pipe(debounceByValue(3, 99))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'a value that is not to be quiet passes at once, with itself that waited',
    marbles(({ hot, expectObservable }) => {
      let nth = 0;
      const quiet = () => ((nth += 1) === 2 ? 0 : 3);
      expectObservable(hot('-a-a----a----|').pipe(debounceByValue(quiet, 99))).toBe('---a-------a-|');
    }),
  );

  test(
    'a value that never rests is passed on all the same, so long after it came first, and then anew',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-a-a-a-a-a-a------|');
      const expected = '  ------a-----a---a---|'; // 5 frames after it came first, twice; then it rests
      expectObservable(source.pipe(debounceByValue(3, 5))).toBe(expected);
    }),
  );

  test(
    'what still waits on completion is passed on',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b|').pipe(debounceByValue(9, 99))).toBe('----(ab|)');
    }),
  );

  test(
    'unsubscribing forgets what waits',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-------');
      expectObservable(source.pipe(debounceByValue(4, 99)), '---!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );
});
