import { describe, expect, test } from '@jest/globals';
import { map, Observable, of, timer } from 'rxjs';
import { oneByOne, type Row } from '../../../src/operators/one-by-one.js';
import { marbles } from '../../../src/testing/marbles.js';

interface Letters extends Row {
  readonly waiting: string[];
}

/** All values in one row; `.` says that the row is idle. */
const inOneRow =
  (project: (letter: string) => Observable<string>) =>
  (letter$: Observable<string>): Observable<string> =>
    new Observable(out => {
      const row: Letters = { isRunning: false, waiting: [] };
      const take = ({ waiting }: Letters) => {
        const value = waiting.shift();
        return value === undefined ? undefined : { value };
      };
      const wake = oneByOne(take, project, out, () => out.next('.'));
      out.add(
        letter$.subscribe({
          next: letter => {
            row.waiting.push(letter);
            wake(row);
          },
          error: (error: unknown) => out.error(error),
        }),
      );
    });

const slowly = (letter: string) => timer(4).pipe(map(() => letter));

describe('oneByOne', () => {
  test(
    'projects one value at a time, in order, and says when the row is idle',
    marbles(({ hot, expectObservable }) => {
      const letter$ = hot('    -ab-------------c');
      const expected = '       -----a---(b.)-------(c.)';
      expectObservable(letter$.pipe(inOneRow(slowly)), '----------------------------!').toBe(expected);
    }),
  );

  test(
    'a projection that fails, or throws, is an error of the result',
    marbles(({ hot, expectObservable }) => {
      const no = new Error('no');
      const throwing = (): never => {
        throw no;
      };
      expectObservable(hot('-a').pipe(inOneRow(throwing))).toBe('-#', undefined, no);
    }),
  );

  test(
    'what runs ends with whoever listens',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const inner = cold('---------x');
      expectObservable(hot('-a').pipe(inOneRow(() => inner)), '----!').toBe('-');
      expectSubscriptions(inner.subscriptions).toBe('-^--!');
    }),
  );

  test('any number of projections that end at once does not grow the stack', () => {
    const letters = Array.from({ length: 100_000 }, () => 'x');
    let told = 0;
    of(...letters)
      .pipe(inOneRow(letter => of(letter)))
      .subscribe({ next: letter => (told += letter === 'x' ? 1 : 0), error: fail });
    expect(told).toBe(letters.length);
  });
});

function fail(error: unknown): never {
  throw error;
}
