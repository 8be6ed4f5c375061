import { describe, test } from '@jest/globals';
import { defer, EMPTY, type Observable } from 'rxjs';
import { backoff } from '../../../src/operators/backoff.js';
import { marbles } from '../../../src/testing/marbles.js';

/** a source that behaves otherwise at each subscription */
const attempts = (...each: readonly Observable<string>[]): Observable<string> => {
  let nth = 0;
  return defer(() => each[nth++] ?? EMPTY);
};

describe('backoff', () => {
  test(
    'subscribes anew 200 ms after an error, then after twice as long',
    marbles(({ cold, expectObservable }) => {
      const source = attempts(cold('-a-#'), cold('      -#'), cold('      -b-'));
      const expected = '            -a- 200ms -      400ms -b-';
      expectObservable(source.pipe(backoff(30_000)), '610ms !').toBe(expected);
    }),
  );

  test(
    'waits no longer than it is told',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('#');
      expectObservable(source.pipe(backoff(500)), '1301ms !').toBe('-');
      expectSubscriptions(source.subscriptions).toBe(['(^!)', '200ms (^!)', '600ms (^!)', '1100ms (^!)']);
    }),
  );

  test(
    'once it has emitted something, it is tried after 200 ms again',
    marbles(({ cold, expectObservable }) => {
      const source = attempts(cold('#'), cold('  #'), cold('  a#'), cold(' b'));
      const expected = '            200ms      400ms      a 200ms b';
      expectObservable(source.pipe(backoff(30_000)), '900ms !').toBe(expected);
    }),
  );

  test(
    'a source that ends has ended',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-|').pipe(backoff(30_000))).toBe('-a-|');
    }),
  );

  test(
    'unsubscribing while it waits subscribes no more',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('--#');
      expectObservable(source.pipe(backoff(30_000)), '50ms !').toBe('--');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    }),
  );
});
