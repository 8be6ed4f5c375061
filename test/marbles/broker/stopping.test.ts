import { describe, expect, jest, test } from '@jest/globals';
import { concat, config as rx, filter, map, mergeMap, NEVER, Observable, of, take } from 'rxjs';
import { createBroker } from '../../../src/broker.js';
import type { Input } from '../../../src/model/input.js';
import { seenSink } from '../../../src/sinks/observed.js';
import { config } from '../../../src/testing/builders.js';
import { marbles } from '../../../src/testing/marbles.js';
import { emptyWorld } from '../../../src/world/advance.js';
import { kernel, networkdSaying, play, said, withScripts } from '../../support/broker.js';

describe('createBroker', () => {
  test('stopping closes the inputs, lets lanes drain, and completes', () => {
    const { processes, sink } = withScripts(() => ({ takes: 50 }));
    marbles(({ hot, expectObservable }) => {
      const both = {
        a: said(2, { OperationalState: 'routable' }),
        b: said(2, { OperationalState: 'carrier' }),
        c: said(2, { OperationalState: 'off' }),
      };
      const broker = createBroker({
        config$: concat(of(config()), NEVER),
        kernel,
        sources: [networkdSaying(hot('-a-b----c', both))],
        sinks: [sink],
        start: emptyWorld,
        stop$: hot('------s'),
      });
      const expected = '-(bs) 46ms (xdBS) 44ms (yD|)';
      expectObservable(
        broker.pipe(
          map(({ kind }) => kind),
          filter(kind => kind !== 'fault'),
        ),
      ).toBe(expected, {
        b: 'began',
        s: 'script-started',
        x: 'script-ran',
        d: 'done',
        B: 'began',
        S: 'script-started',
        y: 'script-ran',
        D: 'done',
      });
    })();
    expect(processes.log).toEqual([
      '1 run routable.d/10-a',
      '51 exit routable.d/10-a',
      '51 run carrier.d/10-a',
      '101 exit carrier.d/10-a',
    ]);
  });

  test('unsubscribing ends everything at once', () => {
    const { processes, sink } = withScripts(() => ({ takes: Infinity }));
    play(
      ({ hot }) => ({
        sources: [networkdSaying(hot('-a', { a: said(2, { OperationalState: 'routable' }) }))],
        sinks: [sink],
      }),
      20,
    );
    expect(processes.log).toEqual(['1 run routable.d/10-a', '20 kill routable.d/10-a']);
  });

  test('may be left at its first outcome, while a source that was opened then fails', () => {
    const unhandled: unknown[] = [];
    rx.onUnhandledError = error => unhandled.push(error);
    const failing$ = new Observable<Input>(out => {
      out.next(said(2, { CarrierState: 'carrier' }));
      out.error(new Error('gone'));
    });
    const source = { name: 'source', inputs: (config$: Observable<unknown>) => config$.pipe(mergeMap(() => failing$)) };
    jest.useFakeTimers();
    const broker = { kernel, sinks: [seenSink], start: emptyWorld };
    createBroker({ ...broker, config$: concat(of(config()), NEVER), sources: [source] })
      .pipe(take(1))
      .subscribe();
    jest.runAllTimers();
    jest.useRealTimers();
    rx.onUnhandledError = null;
    expect(unhandled).toEqual([]);
  });
});
