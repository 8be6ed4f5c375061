import { describe, expect, test } from '@jest/globals';
import { lastValueFrom, map, of, timeout, timer, toArray } from 'rxjs';
import { inTurn } from '../../../src/operators/in-turn.js';
import { marbles } from '../../../src/testing/marbles.js';

describe('inTurn', () => {
  test(
    'one after the other, in their order',
    marbles(({ cold, expectObservable }) => {
      const all = [cold('--a|'), cold('-b|'), cold('c|')];
      expectObservable(inTurn(all, one => one)).toBe('--a-bc|');
      expectObservable(inTurn([], () => of('x'))).toBe('|');
    }),
  );

  test(
    'an error of one is the error of all, and the others are not begun',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const all = [cold('-#'), cold('-b|')];
      expectObservable(inTurn(all, one => one)).toBe('-#');
      expectSubscriptions(all[1]!.subscriptions).toBe([]);
    }),
  );

  test(
    'unsubscribing ends the one that runs, and begins no other',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const all = [cold('----a|'), cold('-b|')];
      expectObservable(
        inTurn(all, one => one),
        '^-!',
      ).toBe('---');
      expectSubscriptions(all[0]!.subscriptions).toBe('^-!');
      expectSubscriptions(all[1]!.subscriptions).toBe([]);
    }),
  );

  test('thousands that end at once behind one that takes its time do not grow the stack', async () => {
    const numbers = Array.from({ length: 20_000 }, (_, n) => n);
    const done = inTurn(numbers, n => (n === 0 ? timer(1).pipe(map(() => 0)) : of(n)));
    expect(await lastValueFrom(done.pipe(toArray(), timeout(10_000)), { defaultValue: [] })).toHaveLength(20_000);
  });
});
