import { describe, expect, test } from '@jest/globals';
import { bufferCount, EMPTY, map, NEVER, of, throwError, timer } from 'rxjs';
import { each } from '../../../src/operators/each.js';
import { inLanes, type Lanes } from '../../../src/operators/in-lanes.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

const isLower = (letter: string): boolean => letter === letter.toLowerCase();
const noJoins: Lanes<string, unknown> = {
  limit: 256,
  joinKey: () => undefined,
  join: (_, b) => b,
  onJoined: () => undefined,
};
/** letters in lower case share one lane, letters in upper case another */
const byCase = (letter: string): string => (isLower(letter) ? 'lower' : 'upper');
const slowly = (frames: number) => (letter: string) => timer(frames).pipe(map(() => letter));

describe('inLanes', () => {
  testLaws(() => inLanes(byCase, (letter: string) => of(letter), noJoins));

  test(
    'projects one key in order and another side by side',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-A--------|');
      const subs = '      ^-------------!';
      const expected = '  -----a---(Ab)-|';
      expectObservable(source.pipe(inLanes(byCase, slowly(4), noJoins))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'completion drains a full lane',
    marbles(({ hot, expectObservable }) => {
      const source = hot('(abc|)');
      const expected = '  --a-b-(c|)';
      expectObservable(source.pipe(inLanes(byCase, slowly(2), noJoins))).toBe(expected);
    }),
  );

  test(
    'a value for a lane that has just ended opens it anew',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-b-|');
      const expected = '  ---a-(b|)';
      expectObservable(source.pipe(inLanes(byCase, slowly(2), noJoins))).toBe(expected);
    }),
  );

  test(
    'a thousand lanes run side by side, run empty, are opened again, and drain',
    marbles(({ cold, hot, expectObservable }) => {
      const all = Array.from({ length: 1000 }, (_, nth) => nth);
      const source = hot('a----(aa|)', { a: all });
      const expected = '  --x----x-(x|)';
      const numbered = inLanes<number, number, number>(
        nth => nth,
        nth => cold('--(x|)', { x: nth }),
        { limit: 256, joinKey: () => undefined, join: (_, b) => b, onJoined: () => undefined },
      );
      const result = source.pipe(each(), numbered, bufferCount(all.length));
      expectObservable(result).toBe(expected, { x: all });
    }),
  );

  test(
    'unsubscribing cancels what runs and what waits',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-A---');
      const inner = cold(' ---------x');
      const unsub = '     ------!';
      expectObservable(source.pipe(inLanes(byCase, () => inner, noJoins)), unsub).toBe('-');
      expectSubscriptions(inner.subscriptions).toBe(['-^----!', '-----^!']);
    }),
  );

  test(
    'a projection that throws is an error of the result',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-b-|');
      const expected = '  -#';
      const project = (): never => {
        throw new Error('no');
      };
      expectObservable(source.pipe(inLanes(byCase, project, noJoins))).toBe(expected, undefined, new Error('no'));
    }),
  );

  test(
    'a projection that errs is an error of the result and cancels the other lanes',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-A-a---');
      const upper = cold(' ------');
      const expected = '  ---#';
      const project = (letter: string) => (isLower(letter) ? throwError(() => new Error('no')) : upper);
      expectObservable(source.pipe(inLanes(byCase, project, noJoins))).toBe(expected, undefined, new Error('no'));
      expectSubscriptions(upper.subscriptions).toBe('-^-!');
    }),
  );

  test('ten thousand values that wait behind one and then end at once do not grow the stack', () => {
    const results: number[] = [];
    const gate = timer(0);
    return new Promise<void>((resolve, reject) => {
      const values = Array.from({ length: 10_000 }, (_, n) => n);
      of(...values)
        .pipe(
          inLanes<number, number, string>(
            () => 'one',
            n => (n === 0 ? gate.pipe(map(() => n)) : of(n)),
            { limit: Infinity, joinKey: () => undefined, join: (_, b) => b, onJoined: () => undefined },
          ),
        )
        .subscribe({
          next: n => results.push(n),
          error: reject,
          complete: () => {
            expect(results).toEqual(values);
            resolve();
          },
        });
    });
  });

  describe('at its limit', () => {
    const joining = (joins: unknown[][]): Lanes<string, string> => ({
      limit: 2,
      joinKey: letters => (letters.startsWith('!') ? undefined : letters.slice(0, 1)),
      join: (older, newer) => (newer.endsWith('-') ? undefined : older + newer),
      onJoined: (key, count) => joins.push([key, count]),
    });
    const run = (values: readonly string[]): { readonly results: string[]; readonly joins: unknown[][] } => {
      const results: string[] = [];
      const joins: unknown[][] = [];
      marbles(({ cold, expectObservable }) => {
        const source = cold(`(${'x'.repeat(values.length)}|)`).pipe(map((_, nth) => values[nth]!));
        const done = source.pipe(inLanes(() => 'lane', slowly(1), joining(joins)));
        expectObservable(
          done.pipe(
            map(value => {
              results.push(value);
            }),
            map(() => undefined),
          ),
        );
      })();
      return { results, joins };
    };

    test('the two oldest that can be joined are joined, in the newer one’s place', () => {
      const { results, joins } = run(['first', 'a1', 'b1', 'a2']);
      expect(results).toEqual(['first', 'b1', 'a1a2']);
      expect(joins).toEqual([['lane', 1]]);
    });

    test('what cannot be joined waits, however long the lane', () => {
      const { results, joins } = run(['first', '!1', '!2', '!3', '!4']);
      expect(results).toEqual(['first', '!1', '!2', '!3', '!4']);
      expect(joins).toEqual([]);
    });

    test('two values of which nothing is left leave the lane', () => {
      const { results } = run(['first', 'a1', 'b1', 'a-']);
      expect(results).toEqual(['first', 'b1']);
    });

    test('257 waiting values join one pair, and the count is told once', () => {
      const joins: unknown[][] = [];
      const results: string[] = [];
      const values = ['first', ...Array.from({ length: 257 }, (_, n) => `a${n}`)];
      marbles(({ cold, expectObservable }) => {
        const source = cold(`(${'x'.repeat(values.length)}|)`).pipe(map((_, nth) => values[nth]!));
        const lanes = { ...joining(joins), limit: 256 };
        expectObservable(
          source.pipe(
            inLanes(() => 'lane', slowly(1), lanes),
            map(value => void results.push(value)),
          ),
        );
      })();
      expect(results).toHaveLength(257);
      expect(results[1]).toBe('a0a1');
      expect(joins).toEqual([['lane', 1]]);
    });
  });

  test(
    'a lane lives only while something runs in it',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-b-|');
      const expected = '  -----|';
      expectObservable(source.pipe(inLanes(byCase, () => EMPTY, noJoins))).toBe(expected);
    }),
  );

  test(
    'a projection that never ends holds only its own lane',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-A-b-B-');
      const expected = '  ---A---B-';
      expectObservable(source.pipe(inLanes(byCase, l => (isLower(l) ? NEVER : of(l)), noJoins)), '---------!').toBe(
        expected,
      );
    }),
  );
});
