import { describe, test } from '@jest/globals';
import { NEVER, of } from 'rxjs';
import { untilEndOf } from '../../../src/operators/until-end-of.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

describe('untilEndOf', () => {
  testLaws(() => untilEndOf(NEVER));

  test(
    'passes values on until the other has ended; what that emits does not matter',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const other = hot(' -x-x--|');
      const source = hot('--a--b--c--|');
      const expected = '  --a--b|';
      expectObservable(source.pipe(untilEndOf(other))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    }),
  );

  test(
    'the source may end first, and leaves the other then',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const other = hot('------|');
      expectObservable(hot('-a-|').pipe(untilEndOf(other))).toBe('-a-|');
      expectSubscriptions(other.subscriptions).toBe('^--!');
    }),
  );

  test(
    'of what has ended already nothing is passed on',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a-b').pipe(untilEndOf(of('x')))).toBe('|');
    }),
  );

  test(
    'an error of the other is an error of the result',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a---b').pipe(untilEndOf(hot('--x#')))).toBe('-a-#');
    }),
  );
});
