import { describe, expect, test } from '@jest/globals';
import { merge, of } from 'rxjs';
import { createSlots } from '../../../src/operators/with-slot.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

const fail = (error: unknown): never => {
  throw error;
};

describe('withSlot', () => {
  testLaws(() => createSlots()(1));

  test(
    'what comes while all slots are taken waits, first come, first served',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const withSlot = createSlots();
      const [a, b, c] = [cold('---a--|'), cold('--b--|'), cold('--c--|')];
      const expected = '       ---a----b----c--|';
      expectObservable(merge(a.pipe(withSlot(1)), b.pipe(withSlot(1)), c.pipe(withSlot(1)))).toBe(expected);
      expectSubscriptions(a.subscriptions).toBe('^-----!');
      expectSubscriptions(b.subscriptions).toBe('------^----!');
      expectSubscriptions(c.subscriptions).toBe('-----------^----!');
    }),
  );

  test(
    'as many run side by side as there are slots',
    marbles(({ cold, expectSubscriptions, expectObservable }) => {
      const withSlot = createSlots();
      const all = [cold('----|'), cold('------|'), cold('--|'), cold('-|')];
      expectObservable(merge(...all.map(one => one.pipe(withSlot(2))))).toBe('-------|');
      expectSubscriptions(all[0]!.subscriptions).toBe('^---!');
      expectSubscriptions(all[1]!.subscriptions).toBe('^-----!');
      expectSubscriptions(all[2]!.subscriptions).toBe('----^-!');
      expectSubscriptions(all[3]!.subscriptions).toBe('------^!');
    }),
  );

  test(
    'an error gives the slot back',
    marbles(({ cold, expectObservable }) => {
      const withSlot = createSlots();
      expectObservable(cold('--#').pipe(withSlot(1))).toBe('--#');
      expectObservable(cold('--b|').pipe(withSlot(1))).toBe('----b|');
    }),
  );

  test(
    'unsubscribing gives the slot back, and the place in the queue',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const withSlot = createSlots();
      const [a, b, c] = [cold('a---------'), cold('b'), cold('--c|')];
      expectObservable(a.pipe(withSlot(1)), '^----!').toBe('a');
      expectObservable(b.pipe(withSlot(1)), '^--!').toBe('-');
      expectObservable(c.pipe(withSlot(1))).toBe('-------c|');
      expectSubscriptions(b.subscriptions).toBe([]);
    }),
  );

  test(
    'a higher limit holds for those who come with it, and nobody overtakes',
    marbles(({ cold, expectSubscriptions, expectObservable }) => {
      const withSlot = createSlots();
      const [a, b, c] = [cold('-----|'), cold('-----|'), cold('-----|')];
      expectObservable(merge(a.pipe(withSlot(1)), b.pipe(withSlot(1)), c.pipe(withSlot(2)))).toBe('----------|');
      expectSubscriptions(a.subscriptions).toBe('^----!');
      expectSubscriptions(b.subscriptions).toBe('-----^----!');
      expectSubscriptions(c.subscriptions).toBe('-----^----!');
    }),
  );

  test('thousands that wait and end at once all have their turn, and do not grow the stack', () => {
    let count = 0;
    marbles(({ cold }) => {
      const withSlot = createSlots();
      const first = cold('---|').pipe(withSlot(1));
      const others = Array.from({ length: 20_000 }, (_, n) => of(n).pipe(withSlot(1)));
      merge(first, ...others).subscribe({ next: () => (count += 1), error: fail });
      expect(count).toBe(0);
    })();
    expect(count).toBe(20_000);
  });

  test(
    'when all are unsubscribed, none starts any more',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const withSlot = createSlots();
      const [a, b] = [cold('---------'), cold('---------')];
      expectObservable(merge(a.pipe(withSlot(1)), b.pipe(withSlot(1))), '^--!').toBe('-');
      expectSubscriptions(a.subscriptions).toBe('^--!');
      expectSubscriptions(b.subscriptions).toBe([]);
    }),
  );
});
