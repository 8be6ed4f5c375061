import { describe, test } from '@jest/globals';
import { andThen } from '../../../src/operators/and-then.js';
import { marbles } from '../../../src/testing/marbles.js';

describe('andThen', () => {
  test(
    'adds one value when the source has completed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a---|');
      const subs = '      ^----!';
      const expected = '  -a---(z|)';
      expectObservable(source.pipe(andThen('z'))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'adds it to nothing, too, but not to an error, nor to what does not end',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('--|').pipe(andThen('z'))).toBe('--(z|)');
      expectObservable(cold('-a-#').pipe(andThen('z'))).toBe('-a-#');
      expectObservable(cold('-a-').pipe(andThen('z'))).toBe('-a-');
    }),
  );

  test(
    'unsubscribing unsubscribes',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-|');
      expectObservable(source.pipe(andThen('z')), '^-!').toBe('-a-');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    }),
  );
});
