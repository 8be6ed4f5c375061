import { describe, expect, test } from '@jest/globals';
import { concat, EMPTY, ignoreElements, map, merge, mergeMap, of, Subject, tap, throwError, timer } from 'rxjs';
import { guardedSink } from '../../../src/extensions/guarded-sink.js';
import type { Fault } from '../../../src/model/fault.js';
import type { Step, World } from '../../../src/model/world.js';
import { linkState } from '../../../src/testing/events.js';
import { marbles } from '../../../src/testing/marbles.js';
import { steps } from '../../../src/testing/steps.js';

const values = steps({
  a: linkState('ens33', 'carrier'),
  b: linkState('ens33', 'degraded'),
  c: linkState('ens33', 'routable'),
});

describe('guardedSink', () => {
  test(
    'a sink that throws is called anew for the next step, and a fault names it',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -a-b-c-|', values);
      const expected = '    -------|';
      const expectedSeen = '-a---c-';
      const expectedFaults = '---f---';
      const seen$ = new Subject<Step>();
      const fault$ = new Subject<Fault>();
      const sink = guardedSink('x', ({ step$ }) =>
        step$.pipe(
          tap(step => {
            if (step.id === 2) throw new Error('not this one');
            seen$.next(step);
          }),
        ),
      );
      expectObservable(seen$).toBe(expectedSeen, values);
      expectObservable(fault$.pipe(map(({ message }) => message))).toBe(expectedFaults, {
        f: 'extension x threw in a sink: not this one; restarting it',
      });
      expectObservable(
        sink.consume({ step$: source, world$: source.pipe(map(step => step.world)) }, f => fault$.next(f)),
      ).toBe(expected);
    }),
  );

  test(
    'its values are ignored, and it is waited for when the flow ends',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-|', values);
      const expected = '  ----|';
      const sink = guardedSink('x', ({ step$ }) => step$.pipe(mergeMap(() => timer(3))));
      expectObservable(sink.consume({ step$: source, world$: EMPTY }, () => undefined)).toBe(expected);
    }),
  );

  test('a synchronous snapshot survives a sink that throws twice', () => {
    const seen: number[] = [];
    const faults: string[] = [];
    const sink = guardedSink('x', ({ step$ }) =>
      step$.pipe(
        tap(({ id }) => {
          if (id < 3) throw new Error(String(id));
          seen.push(id);
        }),
      ),
    );
    sink
      .consume({ step$: of(values.a, values.b, values.c), world$: EMPTY }, ({ message }) => faults.push(message))
      .subscribe({ error: fail });
    expect(seen).toEqual([3]);
    expect(faults).toHaveLength(2);
  });

  test('one that fails at once is not called again before something happens', () => {
    const faults: string[] = [];
    const world$ = new Subject<World>();
    guardedSink('x', () => throwError(() => new Error('never')))
      .consume({ step$: EMPTY, world$ }, ({ message }) => faults.push(message))
      .subscribe({ error: fail });
    expect(faults).toHaveLength(1);
    world$.next(values.a.world);
    expect(faults).toHaveLength(2);
  });

  test('what it reports carries its name, also what is no fault', () => {
    const faults: Fault[] = [];
    const sink = guardedSink('x', (_, report) =>
      concat(
        merge(of({ severity: 'warn', code: 'c', message: 'm' }), of('text')).pipe(tap(given => report(given as Fault))),
        of(1),
      ).pipe(ignoreElements()),
    );
    sink.consume({ step$: EMPTY, world$: EMPTY }, fault => faults.push(fault)).subscribe({ error: fail });
    expect(faults.map(({ kind, message }) => `${kind} ${message}`)).toEqual([
      'fault extension x: m',
      'fault extension x reported something that is not a fault',
    ]);
  });
});

const fail = (error: unknown): never => {
  throw error;
};
