import { describe, expect, test } from '@jest/globals';
import { delay, identity, map, mergeMap, of, take, throwError, timer } from 'rxjs';
import type { Fault } from '../../../../src/model/fault.js';
import type { Stage } from '../../../../src/model/flow.js';
import { guarded } from '../../../../src/operators/steps/guarded.js';
import { inWords, link, linkState, step } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';

const eth0 = link(2, 'eth0');
const values = Object.fromEntries(
  ['a', 'b', 'c', 'd'].map((letter, nth) => [letter, step(nth + 1, linkState(eth0, inWords({ OnlineState: letter })))]),
);
const throwsAt =
  (...ids: readonly number[]): Stage =>
  source =>
    source.pipe(
      map(one => {
        if (ids.includes(one.id)) throw new Error(`not ${one.id}`);
        return one;
      }),
    );

describe('guarded', () => {
  testLaws(() => guarded('x', identity, () => undefined));

  test('the event that makes a stage throw is dropped, the fault names both, the next one passes', () => {
    const faults: Fault[] = [];
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-c-|', values);
      const subs = '      ^------!';
      const expected = '  -a---c-|';
      expectObservable(source.pipe(guarded('mine', throwsAt(2), f => faults.push(f)))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    })();
    expect(faults.map(f => f.message)).toEqual([
      'extension mine threw: not 2; the event is dropped at event 2 (link-state)',
    ]);
  });

  test('survives two throws in the middle of a synchronous snapshot', () => {
    const faults: Fault[] = [];
    marbles(({ cold, expectObservable }) => {
      const source = cold('(abcd|)', values);
      const expected = '   (bd|)';
      expectObservable(source.pipe(guarded('mine', throwsAt(1, 3), f => faults.push(f)))).toBe(expected, values);
    })();
    expect(faults).toHaveLength(2);
  });

  test('a stage that throws before it has a stream costs only the event', () => {
    const faults: Fault[] = [];
    const broken: Stage = () => {
      throw new Error('no stream');
    };
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b-|', values).pipe(guarded('mine', broken, f => faults.push(f)))).toBe('-----|');
    })();
    expect(faults).toHaveLength(2);
  });

  test('a stage that errs later takes down nothing but what it held', () => {
    const faults: Fault[] = [];
    const later: Stage = source =>
      source.pipe(
        mergeMap(one => (one.id === 1 ? timer(2).pipe(mergeMap(() => throwError(() => new Error('late')))) : of(one))),
      );
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a---b-|', values).pipe(guarded('mine', later, f => faults.push(f)))).toBe(
        '-----b-|',
        values,
      );
    })();
    expect(faults).toHaveLength(1);
  });

  test('a stage that completes passes nothing on any more, and a fault says so', () => {
    const faults: Fault[] = [];
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b-c-|', values).pipe(guarded('mine', take(1), f => faults.push(f)))).toBe(
        '-a-----|',
        values,
      );
    })();
    expect(faults.map(f => f.message)).toEqual([
      'extension mine completed: it passes on no more events at event 1 (link-state)',
    ]);
  });

  test(
    'completion waits for what the stage still holds',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-|', values).pipe(guarded('mine', delay(5), () => undefined))).toBe('------(a|)', values);
    }),
  );

  test(
    'unsubscribing unsubscribes the stage',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-', values);
      expectObservable(source.pipe(guarded('mine', delay(5), () => undefined)), '---!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );
});
