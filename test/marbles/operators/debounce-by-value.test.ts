import { describe, test } from '@jest/globals';
import { debounceByValue } from '../../../src/operators/debounce-by-value.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

describe('debounceByValue', () => {
  testLaws(() => debounceByValue<string>(0));

  test(
    'each value waits on its own, and anew when it comes again',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-ba---------|');
      const subs = '      ^-------------!';
      const expected = '  ------ba------|';
      expectObservable(source.pipe(debounceByValue(3))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'a value that is not to be quiet passes at once, with itself that waited',
    marbles(({ hot, expectObservable }) => {
      let nth = 0;
      const quiet = () => ((nth += 1) === 2 ? 0 : 3);
      expectObservable(hot('-a-a----a----|').pipe(debounceByValue(quiet))).toBe('---a-------a-|');
    }),
  );

  test(
    'what still waits on completion is passed on',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b|').pipe(debounceByValue(9))).toBe('----(ab|)');
    }),
  );

  test(
    'unsubscribing forgets what waits',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-------');
      expectObservable(source.pipe(debounceByValue(4)), '---!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );
});
