import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, concat, defer, merge, mergeMap, NEVER, of, throwError, timer } from 'rxjs';
import { sleepInputs, sleeps, wakeUps } from '../../../../src/sources/logind/sleep.js';
import type { Signal } from '../../../../src/system/bus/bus.js';
import { type Answer, fakeBus, fakeConnection, ownerChanged } from '../../../../src/fakes/fake-bus.js';
import type { World } from '../../../../src/model/world.js';
import { emptyWorld } from '../../../../src/world/advance.js';
import { marbles } from '../../../../src/testing/marbles.js';

const NAME = 'org.freedesktop.login1';
const sleep = (isBegin: boolean, sender = ':1.4'): Signal => ({
  sender,
  path: '/org/freedesktop/login1',
  interface: `${NAME}.Manager`,
  member: 'PrepareForSleep',
  body: [isBegin],
});
const owner = (from: string, to: string): Signal => {
  const { body, ...signal } = ownerChanged(from, to);
  return { ...signal, body: [NAME, ...body.slice(1)] };
};
const signals: Record<string, Signal> = {
  s: sleep(true),
  w: sleep(false),
  f: sleep(false, ':1.66'),
  o: { ...sleep(false), member: 'PrepareForShutdown' },
  i: { ...sleep(false), interface: 'org.example.Manager' },
  g: owner(':1.4', ''),
  c: owner('', ':1.9'),
  n: sleep(false, ':1.9'),
};
const w = { w: undefined };
const logind: Answer = ({ member }) => (member === 'GetNameOwner' ? [':1.4'] : undefined);
const noLogind: Answer = () => ({ errorName: 'org.freedesktop.DBus.Error.NameHasNoOwner' });

describe('wakeUps', () => {
  const heard = (diagram: string, expected: string, answer = logind): (() => void) =>
    marbles(({ hot, expectObservable }) => {
      const connection = fakeConnection(hot(diagram, signals), answer);
      expectObservable(wakeUps(fakeBus(concat(of(connection), NEVER)))).toBe(expected, w);
    });

  test(
    'tells when it begins to listen, as it may have missed one, and when the computer has slept, not that it will',
    heard('-s--w--s-w-', 'w---w----w-'),
  );
  test('believes nobody but logind', heard('-f--i--o--w', 'w---------w'));
  test('follows logind over its restart', heard('-w-g-w-c-w-n-', 'ww-----w---w-'));
  test('waits for a logind that is not there', heard('-n--c--n', '----w--w', noLogind));

  test('asks for nothing that would start logind', () => {
    const asked: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const connection = fakeConnection(hot('-w-', signals), call => {
        asked.push(`${call.destination} ${call.member}`);
        return logind(call);
      });
      expectObservable(wakeUps(fakeBus(concat(of(connection), NEVER)))).toBe('ww-', w);
    })();
    expect(asked).toEqual(['org.freedesktop.DBus GetNameOwner']);
  });

  test(
    'a bus that is lost is connected to again',
    marbles(({ hot, expectObservable }) => {
      const connection = fakeConnection(hot('-w-w 497ms w', signals), logind);
      let isLost = false;
      const lose$ = timer(2).pipe(mergeMap(() => throwError(() => new Error('bus-lost'))));
      const connection$ = defer(() => {
        const end$ = isLost ? NEVER : lose$;
        isLost = true;
        return merge(of(connection), end$);
      });
      expectObservable(wakeUps(fakeBus(connection$))).toBe('ww 200ms w 298ms w', w);
    }),
  );

  test('no bus is no fault: it is tried again, later and later, up to an hour', () => {
    const tried: number[] = [];
    const connection$ = defer(() => {
      tried.push(asyncScheduler.now());
      return throwError(() => new Error('no bus'));
    });
    marbles(({ expectObservable }) => {
      expectObservable(wakeUps(fakeBus(connection$)), `^ ${4 * 3600}s !`).toBe('-');
    })();
    const waits = tried.slice(1).map((at, nth) => at - (tried[nth] ?? 0));
    expect(waits.slice(0, 3)).toEqual([200, 400, 800]);
    expect(waits.slice(-2)).toEqual([3_600_000, 3_600_000]);
  });

  test(
    'unsubscribing lets go of the bus',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const connection$ = hot('a-----', { a: fakeConnection(NEVER, logind) });
      const subs = '           ^--!';
      expectObservable(wakeUps(fakeBus(connection$)), subs).toBe('w', w);
      expectSubscriptions(connection$.subscriptions).toBe(subs);
    }),
  );
});

describe('sleepInputs', () => {
  const world = (...used: readonly string[]): World => ({
    ...emptyWorld,
    progress: { ...emptyWorld.progress, scripts: new Map(used.map(name => [name, 1])) },
  });
  test(
    'of sleep is told while there are scripts for it, of both its begin and its end',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const values = {
        n: world('routes.d'),
        s: world('suspend.d'),
        b: world('suspend.d', 'resume.d'),
        r: world('resume.d'),
      };
      const worlds = '  n--s--b--r--n--r-|';
      const sleep$ = hot('-u-----u-----u--w', { u: 'suspend' as const, w: 'resume' as const });
      expectObservable(hot(worlds, values).pipe(sleepInputs(sleep$))).toBe('-------u--------w|', {
        u: { kind: 'sleep', action: 'suspend' },
        w: { kind: 'sleep', action: 'resume' },
      });
      expectSubscriptions(sleep$.subscriptions).toBe(['---^--------!', '---------------^-!']);
    }),
  );
});

describe('sleeps', () => {
  test(
    'tells that the computer will sleep and that it has slept; what is neither is nothing',
    marbles(({ hot, expectObservable }) => {
      const odd = { ...sleep(true), body: ['yes'] };
      const connection = fakeConnection(hot('-s--w--x-f', { ...signals, x: odd }), logind);
      expectObservable(sleeps(fakeBus(concat(of(connection), NEVER)))).toBe('-s--w', { s: 'suspend', w: 'resume' });
    }),
  );
});
