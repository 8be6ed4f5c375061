import { test } from '@jest/globals';
import type { OperatorFunction } from 'rxjs';
import { marbles } from '../../src/testing/marbles.js';

/** What holds for every operator of ours, whatever it does with values. `a` is a value that it passes on at once. */
export const testLaws = <T, R>(operator: () => OperatorFunction<T, R>): void => {
  test(
    'a source that never speaks is never heard',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<T>('-');
      expectObservable(source.pipe(operator()), '^---!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^---!');
    }),
  );
  test(
    'an empty source ends at once',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<T>('---|');
      expectObservable(source.pipe(operator())).toBe('---|');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );
  test(
    'an error of the source is an error of the result',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<T>('---#');
      expectObservable(source.pipe(operator())).toBe('---#');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );
};
