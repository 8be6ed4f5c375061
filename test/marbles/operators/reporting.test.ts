import { describe, expect, test } from '@jest/globals';
import { tap } from 'rxjs';
import { reporting } from '../../../src/operators/reporting.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

describe('reporting', () => {
  testLaws<string, string>(() => source => reporting<string, string>(() => source));

  test(
    'what is told stands among the values, at the moment when it is told',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-b---c-|');
      const expected = '  -a-(fb)c-|';
      const flow$ = reporting<string, string>(report => source.pipe(tap(value => value === 'b' && report('f'))));
      expectObservable(flow$).toBe(expected);
    }),
  );

  test('what is told after the end is told to nobody', () => {
    let late: (told: string) => void = () => undefined;
    const told: string[] = [];
    marbles(({ cold, expectObservable }) => {
      const flow$ = reporting<string, string>(report => {
        late = report;
        return cold('-a-|');
      });
      expectObservable(flow$.pipe(tap(value => told.push(value)))).toBe('-a-|');
    })();
    late('f');
    expect(told).toEqual(['a']);
  });

  test(
    'unsubscribing leaves the flow',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-');
      expectObservable(
        reporting<string, string>(() => source),
        '^-!',
      ).toBe('-a-');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    }),
  );
});
