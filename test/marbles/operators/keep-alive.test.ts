import { describe, expect, jest, test } from '@jest/globals';
import { asyncScheduler, defer, EMPTY, filter, type Observable, Subscription, throwError } from 'rxjs';
import type { Input } from '../../../src/model/input.js';
import { keepAlive } from '../../../src/operators/keep-alive.js';
import { marbles } from '../../../src/testing/marbles.js';

const a: Input = { kind: 'networkd-manager', changed: { OnlineState: 'online' } };
const lost = (why: string): Input => ({ kind: 'source', name: 'bus', state: { is: 'lost', why } });
const values = { a, L: lost('gone'), M: lost('other'), E: lost('it completed, which a source must not') };
const error = (why: string) => throwError(() => new Error(why));

/** a source that behaves otherwise at each subscription */
const attempts = (...each: readonly Observable<Input>[]): Observable<Input> => {
  let nth = 0;
  return defer(() => each[Math.min(nth++, each.length - 1)] ?? EMPTY);
};

const isFault = ({ kind }: Input): boolean => kind === 'fault';
/** what of it is no fault */
const kept = (source: Observable<Input>): Observable<Input> =>
  source.pipe(
    keepAlive('bus'),
    filter(input => !isFault(input)),
  );

describe('keepAlive', () => {
  test(
    'subscribes anew 100 ms after an error, and says that the source was lost',
    marbles(({ cold, expectObservable }) => {
      const source = attempts(cold('-a-#', { a }, new Error('gone')), cold('-a-', { a }));
      const expected = '  -a-L 99ms -a-';
      expectObservable(kept(source), '107ms !').toBe(expected, values);
    }),
  );

  test(
    'completion is a loss too',
    marbles(({ cold, expectObservable }) => {
      const source = attempts(cold('-a-|', { a }), cold('-a-', { a }));
      const expected = '  -a-E 99ms -a-';
      expectObservable(kept(source), '107ms !').toBe(expected, values);
    }),
  );

  test(
    'waits twice as long each time, 30 s at most',
    marbles(({ expectObservable }) => {
      const expected =
        'L 99ms L 199ms L 399ms L 799ms L 1599ms L 3199ms L 6399ms L 12799ms L 25599ms L 29999ms L 29999ms L';
      expectObservable(kept(error('gone')), '111101ms !').toBe(expected, values);
    }),
  );

  test(
    'a source that lived longer than its last delay begins at 100 ms again',
    marbles(({ cold, expectObservable }) => {
      const long = cold<Input>('300ms #', undefined, new Error('gone'));
      const source = attempts(error('gone'), error('gone'), long, cold('a', { a }));
      const expected = ' L 99ms L 199ms 300ms L 99ms a';
      expectObservable(kept(source), '801ms !').toBe(expected, values);
    }),
  );

  test(
    'one fault for as long as the reason stays the same, before what says that the source was lost',
    marbles(({ expectObservable }) => {
      const source = attempts(error('gone'), error('gone'), error('other'), error('other'), error('gone'));
      const said = (why: string): Input => ({
        kind: 'fault',
        fault: { kind: 'fault', severity: 'warn', code: 'source-lost', message: `bus: ${why}; trying again` },
      });
      expectObservable(source.pipe(keepAlive('bus')), '2000ms !').toBe('(fL) 96ms L 199ms (gM) 396ms M 799ms (fL)', {
        ...values,
        f: said('gone'),
        g: said('other'),
      });
    }),
  );

  test('keeps nothing of the waits that are over, however often the source is lost', () => {
    const waits = jest.spyOn(asyncScheduler, 'schedule');
    const counts: number[] = [];
    const source = defer(() => {
      counts.push(waits.mock.results.filter(({ value }) => value instanceof Subscription && !value.closed).length);
      return error('gone');
    });
    marbles(({ expectObservable }) => {
      expectObservable(kept(source), '^ 1500ms !').toBe('L 99ms L 199ms L 399ms L 799ms L', values);
    })();
    waits.mockRestore();
    expect(counts).toEqual([0, 0, 0, 0, 0]);
  });

  test(
    'a source that neither speaks nor ends is left alone',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<Input>('-');
      expectObservable(kept(source), '^ 60s !').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^ 60s !');
    }),
  );

  test(
    'unsubscribing while it waits subscribes no more',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Input>('--#', undefined, new Error('gone'));
      expectObservable(kept(source), '50ms !').toBe('--L', values);
      expectSubscriptions(source.subscriptions).toBe('^-!');
    }),
  );
});
