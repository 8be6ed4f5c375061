import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defer, map, merge, of, queueScheduler, Subject, VirtualTimeScheduler } from 'rxjs';
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

  describe('those with little behind them go first', () => {
    test(
      'one behind whom nobody waits, though it came last',
      marbles(({ cold, expectSubscriptions, expectObservable }) => {
        const withSlot = createSlots();
        const all = [cold('---|'), cold('---|'), cold('---|'), cold('---|')];
        const behind = [0, 2, 1, 0];
        const runs = all.map((one, nth) => one.pipe(withSlot(1, () => behind[nth]!)));
        expectObservable(merge(...runs)).toBe('------------|');
        expectSubscriptions(all[0]!.subscriptions).toBe('^--!');
        expectSubscriptions(all[3]!.subscriptions).toBe('---^--!');
        expectSubscriptions(all[2]!.subscriptions).toBe('------^--!');
        expectSubscriptions(all[1]!.subscriptions).toBe('---------^--!');
      }),
    );

    test(
      'what counts is how many wait when there is a slot, not when it came',
      marbles(({ cold, expectSubscriptions, expectObservable }) => {
        const withSlot = createSlots();
        const [a, b, c] = [cold('---|'), cold('---|'), cold('---|')];
        let behindB = 0;
        const told = cold('-b').pipe(map(() => (behindB = 3)));
        expectObservable(told).toBe('-x', { x: 3 });
        expectObservable(merge(a.pipe(withSlot(1)), b.pipe(withSlot(1, () => behindB)), c.pipe(withSlot(1)))).toBe(
          '---------|',
        );
        expectSubscriptions(c.subscriptions).toBe('---^--!');
        expectSubscriptions(b.subscriptions).toBe('------^--!');
      }),
    );

    test('and yet each has its turn: no more go first than nine times as many as wait at a time', () => {
      const lane = fc.record({ behind: fc.nat(300), rest: fc.nat(3) });
      fc.assert(
        fc.property(
          fc.array(lane, { minLength: 2, maxLength: 12 }),
          fc.integer({ min: 1, max: 3 }),
          fc.array(fc.nat(1000), { minLength: 300, maxLength: 300 }),
          (lanes, limit, chance) => {
            const withSlot = createSlots(queueScheduler, new VirtualTimeScheduler());
            const running: { readonly nth: number; readonly end: Subject<never> }[] = [];
            const came = new Map<number, number>();
            let starts = 0;
            const come = (nth: number): void => {
              const end = new Subject<never>();
              came.set(nth, starts);
              defer(() => {
                starts += 1;
                expect(starts - came.get(nth)!).toBeLessThanOrEqual(9 * lanes.length);
                came.delete(nth);
                running.push({ nth, end });
                return end;
              })
                .pipe(withSlot(limit, () => lanes[nth]!.behind))
                .subscribe({ error: fail });
            };
            const resting = lanes.map(({ rest }, nth) => ({ nth, rest }));
            for (let turn = 0; turn < 300; turn += 1) {
              for (const one of resting.splice(0))
                if (one.rest === 0) come(one.nth);
                else resting.push({ ...one, rest: one.rest - 1 });
              if (running.length === 0) continue;
              const [ended] = running.splice(chance[turn]! % running.length, 1);
              ended!.end.complete();
              resting.push({ nth: ended!.nth, rest: lanes[ended!.nth]!.rest });
            }
            expect(starts).toBeGreaterThan(lanes.length);
            for (const since of came.values()) expect(starts - since).toBeLessThanOrEqual(9 * lanes.length);
          },
        ),
        { numRuns: 200 },
      );
    });
  });

  describe('what runs for more than 5 s', () => {
    test(
      'holds no slot any more',
      marbles(({ cold, expectSubscriptions, expectObservable }) => {
        const withSlot = createSlots();
        const [hangs, next, last] = [cold('----'), cold('--|'), cold('--|')];
        expectObservable(merge(hangs.pipe(withSlot(1)), next.pipe(withSlot(1)), last.pipe(withSlot(1))), '^ 6s !').toBe(
          '',
        );
        expectSubscriptions(hangs.subscriptions).toBe('^ 6s !');
        expectSubscriptions(next.subscriptions).toBe('5s ^-!');
        expectSubscriptions(last.subscriptions).toBe('5s --^-!');
      }),
    );

    test(
      'but not more than eight of them',
      marbles(({ cold, expectSubscriptions, expectObservable }) => {
        const withSlot = createSlots();
        const all = Array.from({ length: 10 }, () => cold('----'));
        expectObservable(merge(...all.map(one => one.pipe(withSlot(1)))), '^ 60s !').toBe('');
        all.slice(0, 9).forEach((one, nth) => {
          expectSubscriptions(one.subscriptions).toBe(
            nth === 0 ? '^ 60s !' : `${nth * 5}s ^ ${60_000 - nth * 5000}ms !`,
          );
        });
        expectSubscriptions(all[9]!.subscriptions).toBe([]);
      }),
    );
  });
});
