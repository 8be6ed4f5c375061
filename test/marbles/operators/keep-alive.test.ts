import { describe, expect, jest, test } from '@jest/globals';
import { asyncScheduler, defer, EMPTY, type Observable, Subscription, throwError } from 'rxjs';
import type { Fault } from '../../../src/model/fault.js';
import type { Input } from '../../../src/model/input.js';
import { keepAlive } from '../../../src/operators/keep-alive.js';
import { marbles } from '../../../src/testing/marbles.js';

const a: Input = { kind: 'networkd-manager', changed: { OnlineState: 'online' } };
const lost = (why: string): Input => ({ kind: 'source', name: 'bus', state: { is: 'lost', why } });
const values = { a, L: lost('gone'), M: lost('other'), E: lost('it ended, which a source never should') };
const error = (why: string) => throwError(() => new Error(why));

/** a source that behaves otherwise at each subscription */
const attempts = (...each: readonly Observable<Input>[]): Observable<Input> => {
  let nth = 0;
  return defer(() => each[Math.min(nth++, each.length - 1)] ?? EMPTY);
};

describe('keepAlive', () => {
  test(
    'subscribes anew 100 ms after an error, and says that the source was lost',
    marbles(({ cold, expectObservable }) => {
      const source = attempts(cold('-a-#', { a }, new Error('gone')), cold('-a-', { a }));
      const expected = '  -a-L 99ms -a-';
      const faults: Fault[] = [];
      expectObservable(source.pipe(keepAlive('bus', f => faults.push(f))), '107ms !').toBe(expected, values);
    }),
  );

  test(
    'completion is a loss too',
    marbles(({ cold, expectObservable }) => {
      const source = attempts(cold('-a-|', { a }), cold('-a-', { a }));
      const expected = '  -a-E 99ms -a-';
      expectObservable(source.pipe(keepAlive('bus', () => undefined)), '107ms !').toBe(expected, values);
    }),
  );

  test(
    'waits twice as long each time, 30 s at most',
    marbles(({ expectObservable }) => {
      const expected =
        'L 99ms L 199ms L 399ms L 799ms L 1599ms L 3199ms L 6399ms L 12799ms L 25599ms L 29999ms L 29999ms L';
      expectObservable(error('gone').pipe(keepAlive('bus', () => undefined)), '111101ms !').toBe(expected, values);
    }),
  );

  test(
    'a source that lived longer than its last delay begins at 100 ms again',
    marbles(({ cold, expectObservable }) => {
      const long = cold<Input>('300ms #', undefined, new Error('gone'));
      const source = attempts(error('gone'), error('gone'), long, cold('a', { a }));
      const expected = ' L 99ms L 199ms 300ms L 99ms a';
      expectObservable(source.pipe(keepAlive('bus', () => undefined)), '801ms !').toBe(expected, values);
    }),
  );

  test('one fault for as long as the reason stays the same', () => {
    const faults: Fault[] = [];
    marbles(({ expectObservable }) => {
      const source = attempts(error('gone'), error('gone'), error('other'), error('other'), error('gone'));
      expectObservable(source.pipe(keepAlive('bus', f => faults.push(f))), '2000ms !').toBe(
        'L 99ms L 199ms M 399ms M 799ms L',
        values,
      );
    })();
    expect(faults.map(f => f.message)).toEqual([
      'bus: gone; trying again',
      'bus: other; trying again',
      'bus: gone; trying again',
    ]);
  });

  test('keeps nothing of the waits that are over, however often the source is lost', () => {
    const waits = jest.spyOn(asyncScheduler, 'schedule');
    const kept: number[] = [];
    const source = defer(() => {
      kept.push(waits.mock.results.filter(({ value }) => value instanceof Subscription && !value.closed).length);
      return error('gone');
    });
    marbles(({ expectObservable }) => {
      const kept$ = source.pipe(keepAlive('bus', () => undefined));
      expectObservable(kept$, '^ 1500ms !').toBe('L 99ms L 199ms L 399ms L 799ms L', values);
    })();
    waits.mockRestore();
    expect(kept).toEqual([0, 0, 0, 0, 0]);
  });

  test(
    'a source that neither speaks nor ends is left alone',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<Input>('-');
      expectObservable(source.pipe(keepAlive('bus', () => undefined)), '^ 60s !').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^ 60s !');
    }),
  );

  test(
    'unsubscribing while it waits subscribes no more',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Input>('--#', undefined, new Error('gone'));
      expectObservable(source.pipe(keepAlive('bus', () => undefined)), '50ms !').toBe('--L', values);
      expectSubscriptions(source.subscriptions).toBe('^-!');
    }),
  );
});
