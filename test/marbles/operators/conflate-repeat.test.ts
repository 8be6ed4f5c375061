import { describe, test } from '@jest/globals';
import { concat, defer, EMPTY, map, type Observable, of, timer } from 'rxjs';
import { conflateRepeat, type Repeatable } from '../../../src/operators/conflate-repeat.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

/** Takes so many frames, and wants to be repeated after a rest. */
const slowly =
  (frames: number, rest = Infinity): Repeatable<string, string> =>
  (letter, again) =>
    timer(frames).pipe(
      map(() => {
        again(rest);
        return letter;
      }),
    );

describe('conflateRepeat', () => {
  testLaws(() => conflateRepeat((letter: string) => of(letter)));

  test(
    'never cancels one half-way, goes on with the newest only, and repeats that after its rest',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-b-c--------------|');
      const expected = '  ------a----c-------c|';
      expectObservable(source.pipe(conflateRepeat(slowly(5, 3)))).toBe(expected);
    }),
  );

  test(
    'what comes during the rest is projected at once, and ends the rest',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a---b---------|');
      const expected = '  --a---b-----b--|';
      expectObservable(source.pipe(conflateRepeat(slowly(1, 5)))).toBe(expected);
    }),
  );

  test(
    'without a rest nothing is repeated',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-------|');
      const expected = '  --a------|';
      expectObservable(source.pipe(conflateRepeat(slowly(1)))).toBe(expected);
    }),
  );

  test(
    'completion finishes what runs and the one that waits, and repeats nothing',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b|').pipe(conflateRepeat(slowly(5, 2)))).toBe('------a----(b|)');
      expectObservable(hot('-a--|').pipe(conflateRepeat(slowly(1, 9)))).toBe('--a-|');
    }),
  );

  test(
    'unsubscribing cancels what runs, and the rest',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const inner = cold('---------x');
      expectObservable(hot('-a-b---').pipe(conflateRepeat(() => inner)), '-----!').toBe('-');
      expectSubscriptions(inner.subscriptions).toBe('-^---!');
      expectObservable(hot('-a-----').pipe(conflateRepeat(slowly(1, 3))), '----!').toBe('--a--');
    }),
  );

  test(
    'a rest that an earlier projection asked for does not outlive it',
    marbles(({ hot, expectObservable }) => {
      const once: Repeatable<string, string> = (letter, again) =>
        concat(
          of(letter),
          defer((): Observable<never> => {
            if (letter === 'a') again(4);
            return EMPTY;
          }),
        );
      expectObservable(hot('-a-b------|').pipe(conflateRepeat(once))).toBe('-a-b------|');
    }),
  );

  test(
    'a projection that throws is an error of the result',
    marbles(({ hot, expectObservable }) => {
      const throws = (): never => {
        throw new Error('no');
      };
      expectObservable(hot('-a-b-|').pipe(conflateRepeat(throws))).toBe('-#', undefined, new Error('no'));
    }),
  );
});
