import { describe, expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { bufferCount, EMPTY, from, map, NEVER, of, Subject, throwError, timer } from 'rxjs';
import { flatten } from '../../../src/operators/flatten.js';
import { concatMapByKey, type Lanes } from '../../../src/operators/concat-map-by-key.js';
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
const fail = (error: unknown): never => {
  throw error;
};
const slowly = (frames: number) => (letter: string) => timer(frames).pipe(map(() => letter));

describe('concatMapByKey', () => {
  testLaws(() => concatMapByKey(byCase, (letter: string) => of(letter), noJoins));

  test(
    'projects one key in order and another side by side',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-A--------|');
      const subs = '      ^-------------!';
      const expected = '  -----a---(Ab)-|';
      expectObservable(source.pipe(concatMapByKey(byCase, slowly(4), noJoins))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  /** `B` waits for what is in the lane of small letters, `c` for the one of capital letters */
  const waitsFor = (letter: string): string | undefined =>
    letter === 'B' ? 'lower' : letter === 'c' ? 'upper' : undefined;

  test(
    'a value waits for what is in another lane when it comes, and for nothing that comes there later',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-abABd-----------|');
      const expected = '  -----a-A-b---(Bd)|';
      expectObservable(source.pipe(concatMapByKey(byCase, slowly(4), { ...noJoins, waitsFor }))).toBe(expected);
    }),
  );

  test(
    'two lanes that wait for each other’s past do not wait for each other’s future',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-(aABcC)--------|');
      const expected = '  -------(aA)--B-----(cC|)';
      expectObservable(source.pipe(concatMapByKey(byCase, slowly(6), { ...noJoins, waitsFor }))).toBe(expected);
    }),
  );

  test(
    'an empty lane is not waited for, and nothing is joined over a wait',
    marbles(({ hot, expectObservable }) => {
      const joining: Lanes<string, string> = {
        limit: 2,
        joinKey: letter => letter.toLowerCase(),
        join: (_, newer) => newer,
        onJoined: () => undefined,
        waitsFor,
      };
      const source = hot('-B----(aBBBB)-------|');
      const expected = '  ---B----a-B-B-B-B---|';
      expectObservable(source.pipe(concatMapByKey(byCase, slowly(2), joining))).toBe(expected);
    }),
  );

  test(
    'completion drains a full lane',
    marbles(({ hot, expectObservable }) => {
      const source = hot('(abc|)');
      const expected = '  --a-b-(c|)';
      expectObservable(source.pipe(concatMapByKey(byCase, slowly(2), noJoins))).toBe(expected);
    }),
  );

  test(
    'a value for a lane that has just ended opens it anew',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-b-|');
      const expected = '  ---a-(b|)';
      expectObservable(source.pipe(concatMapByKey(byCase, slowly(2), noJoins))).toBe(expected);
    }),
  );

  test(
    'a thousand lanes run side by side, run empty, are opened again, and drain',
    marbles(({ cold, hot, expectObservable }) => {
      const all = Array.from({ length: 1000 }, (_, nth) => nth);
      const source = hot('a----(aa|)', { a: all });
      const expected = '  --x----x-(x|)';
      const numbered = concatMapByKey<number, number, number>(
        nth => nth,
        nth => cold('--(x|)', { x: nth }),
        { limit: 256, joinKey: () => undefined, join: (_, b) => b, onJoined: () => undefined },
      );
      const result = source.pipe(flatten(), numbered, bufferCount(all.length));
      expectObservable(result).toBe(expected, { x: all });
    }),
  );

  test(
    'unsubscribing cancels what runs and what waits',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-A---');
      const inner = cold(' ---------x');
      const unsub = '     ------!';
      expectObservable(source.pipe(concatMapByKey(byCase, () => inner, noJoins)), unsub).toBe('-');
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
      expectObservable(source.pipe(concatMapByKey(byCase, project, noJoins))).toBe(
        expected,
        undefined,
        new Error('no'),
      );
    }),
  );

  test(
    'a projection that errs is an error of the result and cancels the other lanes',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-A-a---');
      const upper = cold(' ------');
      const expected = '  ---#';
      const project = (letter: string) => (isLower(letter) ? throwError(() => new Error('no')) : upper);
      expectObservable(source.pipe(concatMapByKey(byCase, project, noJoins))).toBe(
        expected,
        undefined,
        new Error('no'),
      );
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
          concatMapByKey<number, number, string>(
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

  describe('past its limit', () => {
    const joining = (joins: unknown[][], limit: number): Lanes<string, string> => ({
      limit,
      joinKey: letters => (letters.startsWith('!') ? undefined : letters.slice(0, 1)),
      join: (older, newer) => (newer.endsWith('-') ? undefined : `${older} ${newer}`),
      onJoined: (key, count) => joins.push([key, count]),
    });
    /** The first one runs while the others come. */
    const run = (limit: number, values: readonly string[], more: Partial<Lanes<string, string>> = {}) => {
      const results: string[] = [];
      const joins: unknown[][] = [];
      const gate = new Subject<string>();
      const project = (value: string) => (value === 'first' ? gate : of(value));
      from(['first', ...values])
        .pipe(concatMapByKey(() => 'lane', project, { ...joining(joins, limit), ...more }))
        .subscribe({ next: value => results.push(value), error: fail });
      gate.complete();
      return { results, joins };
    };
    const numbered = (letter: string, count: number): string[] =>
      Array.from({ length: count }, (_, nth) => `${letter}${nth}`);

    test('the kind of which most wait becomes one, in the newest one’s place', () => {
      const { results, joins } = run(4, ['a1', 'a2', 'b1', 'b2', 'a3']);
      expect(results).toEqual(['b1', 'b2', 'a1 a2 a3']);
      expect(joins).toEqual([['lane', 2]]);
    });

    test('what of this kind comes later is joined with what waits of it, as it comes', () => {
      const { results, joins } = run(3, ['a1', 'a2', 'a3', 'a4', 'b1', 'a5']);
      expect(results).toEqual(['b1', 'a1 a2 a3 a4 a5']);
      expect(joins).toEqual([['lane', 4]]);
    });

    test(
      'until the lane is empty: then each stands for itself again',
      marbles(({ hot, expectObservable }) => {
        const source = hot('(fabc)-(de)|').pipe(map(letter => `a${letter}`));
        const expected = '  --x-y----z-(w|)';
        const values = { x: 'af', y: 'aa ab ac', z: 'ad', w: 'ae' };
        expectObservable(source.pipe(concatMapByKey(() => 'lane', slowly(2), joining([], 2)))).toBe(expected, values);
      }),
    );

    test('nothing is joined over one that cannot be joined', () => {
      expect(run(3, ['a1', 'a2', '!1', 'a3', 'a4', 'a5']).results).toEqual(['a1 a2', '!1', 'a3 a4 a5']);
    });

    test('what cannot be joined waits, however long the lane', () => {
      const { results, joins } = run(2, numbered('!', 1000));
      expect(results).toEqual(numbered('!', 1000));
      expect(joins).toEqual([]);
    });

    test('two values of which nothing is left leave the lane', () => {
      expect(run(2, ['a1', 'b1', 'a-']).results).toEqual(['b1']);
    });

    test('256 that wait are left alone, one more makes them one, and it is told once', () => {
      expect(run(256, numbered('a', 256))).toEqual({ results: numbered('a', 256), joins: [] });
      expect(run(256, numbered('a', 257))).toEqual({ results: [numbered('a', 257).join(' ')], joins: [['lane', 256]] });
    });

    test(
      'what is joined while the lane drains is told once more, at its end',
      marbles(({ hot, expectObservable, flush }) => {
        const joins: unknown[][] = [];
        const source = hot('(fabc)-d-e-f-g-h-i|').pipe(map(letter => `a${letter}`));
        const expected = '  ----v---w---x---y---z---(u|)';
        const values = { v: 'af', w: 'aa ab ac', x: 'ad', y: 'ae af', z: 'ag ah', u: 'ai' };
        const result = source.pipe(concatMapByKey(() => 'lane', slowly(4), joining(joins, 2)));
        expectObservable(result).toBe(expected, values);
        flush();
        expect(joins).toEqual([['lane', 2], ['lane', 2]]); // prettier-ignore
      }),
    );

    const value = fc
      .tuple(fc.constantFrom('a', 'a', 'a', 'b', 'c', '!'), fc.nat(999))
      .map(([kind, n]) => `${kind}${n}`);

    test('whatever comes, in whatever order: nothing is lost or told twice, and each kind keeps its order', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 6 }), fc.array(value, { maxLength: 60 }), (limit, all) => {
          const unique = all.map((each, nth) => `${each}.${nth}`);
          const told = run(limit, unique).results.flatMap(each => each.split(' '));
          expect(told.toSorted()).toEqual(unique.toSorted());
          for (const kind of ['a', 'b', 'c', '!'])
            expect(told.filter(each => each.startsWith(kind))).toEqual(unique.filter(each => each.startsWith(kind)));
          // one that cannot be joined stays between what came before and what came after
          for (const fixed of unique.filter(each => each.startsWith('!')))
            expect(told.slice(0, told.indexOf(fixed)).toSorted()).toEqual(
              unique.slice(0, unique.indexOf(fixed)).toSorted(),
            );
        }),
      );
    });

    test.each([
      ['of one kind', (nth: number) => `a${nth}`],
      ['of many kinds', (nth: number) => `${String.fromCodePoint(0x4e00 + (nth % 5000))}${nth}`],
      ['that cannot be joined', (nth: number) => `!${nth}`],
      ['that can, and cannot', (nth: number) => (nth % 2 === 0 ? `a${nth}` : `!${nth}`)],
    ])('100,000 %s cost what each of them costs', (_, of_) => {
      let work = 0;
      run(
        256,
        Array.from({ length: 100_000 }, (__, nth) => of_(nth)),
        {
          joinKey: letters => {
            work += 1;
            return letters.startsWith('!') ? undefined : letters.slice(0, 1);
          },
          join: (older, newer) => {
            work += older.length + newer.length; // as much as is copied
            return older + newer;
          },
        },
      );
      // each is at most a few times looked at, and copied as often as halves are put together: 17 times 6 characters
      expect(work).toBeLessThan(100_000 * 17 * 8);
    });
  });

  test('of lanes that are empty 256 are kept, with their keys, and no more', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const source$ = new Subject<object>();
    const unjoined: Lanes<object, object> = {
      limit: 256,
      joinKey: () => undefined,
      join: (_, b) => b,
      onJoined: () => undefined,
    };
    source$
      .pipe(
        concatMapByKey(
          key => key,
          () => EMPTY,
          unjoined,
        ),
      )
      .subscribe();
    const keys = Array.from({ length: 10_000 }, () => {
      const key = {};
      source$.next(key);
      return new WeakRef(key);
    });
    await turn(); // what a WeakRef was made of stays until then
    collectGarbage();
    expect(keys.filter(key => key.deref() !== undefined).length).toBeLessThanOrEqual(257); // and the newest
  });

  test(
    'a projection that never ends holds only its own lane',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-A-b-B-');
      const expected = '  ---A---B-';
      expectObservable(
        source.pipe(concatMapByKey(byCase, l => (isLower(l) ? NEVER : of(l)), noJoins)),
        '---------!',
      ).toBe(expected);
    }),
  );
});
