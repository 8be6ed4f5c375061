import { describe, expect, test } from '@jest/globals';
import { map, of, Subject, timer } from 'rxjs';
import { conflateMap } from '../../../src/operators/conflate-map.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

const slowly = (frames: number) => (letter: string) => timer(frames).pipe(map(() => letter));

describe('conflateMap', () => {
  testLaws(() => conflateMap((letter: string) => of(letter)));

  test(
    'never cancels one half-way and then goes on with the newest only',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-c-----------|');
      const subs = '      ^----------------!';
      const expected = '  ------a----c-----|';
      expectObservable(source.pipe(conflateMap(slowly(5)))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'completion finishes what runs and the one that waits',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-b|');
      const expected = '  ------a----(b|)';
      expectObservable(source.pipe(conflateMap(slowly(5)))).toBe(expected);
    }),
  );

  test(
    'unsubscribing cancels what runs',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const inner = cold('---------x');
      const source = hot('-a-b---');
      expectObservable(source.pipe(conflateMap(() => inner)), '-----!').toBe('-');
      expectSubscriptions(inner.subscriptions).toBe('-^---!');
    }),
  );

  test(
    'a projection that throws is an error of the result',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-b-|');
      expectObservable(
        source.pipe(
          conflateMap((): never => {
            throw new Error('no');
          }),
        ),
      ).toBe('-#', undefined, new Error('no'));
    }),
  );

  test('a value that a projection causes while it runs is not lost', () => {
    const source$ = new Subject<number>();
    const results: number[] = [];
    source$
      .pipe(
        conflateMap(n => {
          if (n < 3) source$.next(n + 1);
          return of(n);
        }),
      )
      .subscribe({
        next: n => results.push(n),
        error: (error: unknown) => {
          throw error;
        },
      });
    source$.next(1);
    expect(results).toEqual([1, 2, 3]);
  });
});
