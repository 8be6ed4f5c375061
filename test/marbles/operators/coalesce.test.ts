import { describe, test } from '@jest/globals';
import { map } from 'rxjs';
import { coalesce } from '../../../src/operators/coalesce.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

describe('coalesce', () => {
  testLaws(() => coalesce<string>(2, 10));

  test(
    'the first at once, what follows when it is quiet, the rest at the end of the window, which begins the next one',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-ab-c---d--------------e-|');
      const subs = '      ^------------------------!';
      const expected = '  -a----c----d-----------e-|';
      expectObservable(source.pipe(coalesce(2, 10))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'what is never quiet is passed on once a window',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-abcdefghijklm-------|');
      const expected = '  -a---e---i---m-------|';
      expectObservable(source.pipe(coalesce(2, 4))).toBe(expected);
    }),
  );

  test(
    'however it comes, no more than two are passed on in a window',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-ab--cd--ef--g---|');
      const expected = '  -a-b-------f--g--|';
      expectObservable(source.pipe(coalesce(1, 10))).toBe(expected);
    }),
  );

  test(
    'what still waits on completion is passed on',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-ab|').pipe(coalesce(9, 20))).toBe('-a-(b|)');
    }),
  );

  test(
    'unsubscribing forgets what waits',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-ab------');
      expectObservable(source.pipe(coalesce(2, 4)), '---!').toBe('-a-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );

  test(
    'a result that throws in whoever listens is an error of his',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-ab--c-');
      const broken = map<string, string>(value => {
        if (value === 'b') throw new Error('b');
        return value;
      });
      expectObservable(source.pipe(coalesce(1, 9), broken)).toBe('-a-#', undefined, new Error('b'));
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );
});
