import { describe, test } from '@jest/globals';
import { take } from 'rxjs';
import { flatten } from '../../../src/operators/flatten.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

const lists = { a: ['1', '2'], b: [], c: ['3'] };

describe('flatten', () => {
  testLaws(flatten<string>);

  test(
    'passes on what is in a value, one after the other',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<readonly string[]>('-a----b-c----|', lists);
      const subs = '                         ^------------!';
      const expected = '                     -(12)---3----|';
      expectObservable(source.pipe(flatten())).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'whoever has enough in the middle of a list gets no more',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<readonly string[]>('-a-c-', lists);
      expectObservable(source.pipe(flatten(), take(1))).toBe('-(1|)');
      expectSubscriptions(source.subscriptions).toBe('^!');
    }),
  );

  test(
    'unsubscribing unsubscribes',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<readonly string[]>('-c-c-', lists);
      expectObservable(source.pipe(flatten()), '^-!').toBe('-3-');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    }),
  );
});
