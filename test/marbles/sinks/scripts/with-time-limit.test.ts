import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, Observable } from 'rxjs';
import { withTimeLimit } from '../../../../src/sinks/scripts/with-time-limit.js';
import type { ProcessEvent } from '../../../../src/system/processes/processes.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';

const exited: ProcessEvent = { kind: 'exited', code: 0, signal: null, duration: 1 };
const events: Readonly<Record<string, ProcessEvent>> = {
  s: { kind: 'started', pid: 7 },
  o: { kind: 'output', stream: 'stdout', line: 'x' },
  x: exited,
  f: { kind: 'failed', error: 'no' },
};
const results = { ...events, x: { ...exited, timedOut: false }, t: { ...exited, timedOut: true } };

/** Records signals as `4 SIGTERM 7`. */
const recorder = (now: () => number) => {
  const log: string[] = [];
  return { log, signal: (group: number, name: string) => log.push(`${now()} ${name} ${group}`) };
};

describe('withTimeLimit', () => {
  testLaws(() => withTimeLimit(10, () => undefined));

  test('lets a process be that ends in time', () => {
    const log: string[] = [];
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const process = cold('  s-o-(x|)', events);
      const subs = '          ^---!';
      const expected = '      s-o-(x|)';
      expectObservable(process.pipe(withTimeLimit(5, (_, name) => log.push(name)))).toBe(expected, results);
      expectSubscriptions(process.subscriptions).toBe(subs);
    })();
    expect(log).toEqual([]);
  });

  test('asks a process to end that takes too long, and kills what is left of its group when it has', () => {
    let log: readonly string[] = [];
    marbles(({ cold, expectObservable }) => {
      const recorded = recorder(() => asyncScheduler.now());
      log = recorded.log;
      const process = cold('  -s------------(x|)', events);
      const expected = '      -s------------(t|)';
      expectObservable(process.pipe(withTimeLimit(4, recorded.signal))).toBe(expected, results);
    })();
    expect(log).toEqual(['5 SIGTERM 7', '14 SIGKILL 7']);
  });

  test('kills it 5 seconds later if it does not listen, and waits for its exit', () => {
    let log: readonly string[] = [];
    marbles(({ cold, expectObservable }) => {
      const recorded = recorder(() => asyncScheduler.now());
      log = recorded.log;
      const process = cold('  s 5009ms (x|)', events);
      const expected = '      s 5009ms (t|)';
      expectObservable(process.pipe(withTimeLimit(4, recorded.signal))).toBe(expected, results);
    })();
    expect(log).toEqual(['4 SIGTERM 7', '5004 SIGKILL 7', '5010 SIGKILL 7']);
  });

  test('counts from the start of the process, and not at all for one that does not start', () => {
    const log: string[] = [];
    marbles(({ cold, expectObservable }) => {
      const late = cold('     --------s-(x|)', events);
      expectObservable(late.pipe(withTimeLimit(4, (_, name) => log.push(name)))).toBe('--------s-(x|)', results);
      const failing = cold('  --------(f|)', events);
      expectObservable(failing.pipe(withTimeLimit(4, (_, name) => log.push(name)))).toBe('--------(f|)', results);
    })();
    expect(log).toEqual([]);
  });

  test('lets a process be that had ended when the time was over, though its end is told later', () => {
    const log: string[] = [];
    const told = { s: { kind: 'started', pid: 7 }, e: { kind: 'ended' }, x: exited } as const;
    marbles(({ expectObservable }) => {
      // After a stall the timer comes first in the event loop, then what has long happened.
      const process = new Observable<ProcessEvent>(out => {
        out.next(told.s);
        out.add(asyncScheduler.schedule(() => out.next(told.e), 4));
        out.add(asyncScheduler.schedule(() => out.next(told.x), 6));
        out.add(asyncScheduler.schedule(() => out.complete(), 6));
      });
      expectObservable(process.pipe(withTimeLimit(4, (_, name) => log.push(name)))).toBe('s---e-(x|)', {
        ...told,
        x: results.x,
      });
    })();
    expect(log).toEqual([]);
  });

  test('unsubscribing stops the clock', () => {
    const log: string[] = [];
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const process = cold('  s--------', events);
      const unsub = '         ^--!';
      expectObservable(process.pipe(withTimeLimit(4, (_, name) => log.push(name))), unsub).toBe('s', results);
      expectSubscriptions(process.subscriptions).toBe(unsub);
    })();
    expect(log).toEqual([]);
  });

  test(
    'a signal that cannot be sent is an error of the result, and unsubscribes from the process',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const process = cold('s-----', events);
      const broken = (): never => {
        throw new Error('broken');
      };
      expectObservable(process.pipe(withTimeLimit(4, broken))).toBe('s---#', results, new Error('broken'));
      expectSubscriptions(process.subscriptions).toBe('^---!');
    }),
  );
});
