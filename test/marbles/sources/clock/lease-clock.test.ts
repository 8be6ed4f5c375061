import { describe, test } from '@jest/globals';
import { asyncScheduler, defer, NEVER, of } from 'rxjs';
import type { ClockInput } from '../../../../src/model/input.js';
import type { World } from '../../../../src/model/world.js';
import { leaseClock } from '../../../../src/sources/clock/lease-clock.js';
import { address, bound, config, lease, link, world } from '../../../../src/testing/builders.js';
import { fakeClock } from '../../../support/fake-clock.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';

const dhclient = config({ system: { generator: ['dhclient'] } });
const until = (expire: number | 'never', now = 0): World =>
  world([link(2, 'eth0')], dhclient, {
    leases: { bound: bound([2, lease('192.0.2.5', { expire })]), now },
    kernel: { addresses: new Map([[2, new Map([['', address(2, '192.0.2.5/24')]])]]) },
  });
const at = (now: number): ClockInput => ({ kind: 'clock', now });

describe('leaseClock', () => {
  testLaws(() => leaseClock(fakeClock()));

  test(
    'tells the time when the first lease ends, of which a renewal makes another',
    marbles(({ hot, expectObservable }) => {
      const worlds = hot(' -a-----b-------', { a: until(10), b: until(12) });
      const expected = '   ------------t--';
      expectObservable(worlds.pipe(leaseClock(fakeClock()))).toBe(expected, { t: at(12) });
    }),
  );

  test(
    'tells it at once when what counts has to be found out',
    marbles(({ hot, expectObservable }) => {
      const { leases, ...rest } = until(10);
      const found = {
        ...rest,
        leases: { ...leases, bound: new Map(), recorded: [lease('192.0.2.5', { expire: 10 })] },
      };
      const worlds = hot(' ---a---', { a: found });
      const expected = '   ---t---';
      expectObservable(worlds.pipe(leaseClock(fakeClock()))).toBe(expected, { t: at(3) });
    }),
  );

  test(
    'has no timer while nothing is bound or nothing ends, and ends with the worlds',
    marbles(({ hot, expectObservable }) => {
      const worlds = hot(' a-b-c--|', { a: until(9), b: until('never'), c: world() });
      const expected = '   -------|';
      expectObservable(worlds.pipe(leaseClock(fakeClock()))).toBe(expected);
    }),
  );

  test(
    'looks at the clock again after a suspend, which no timer knows of',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const wake$ = hot('  ---w-----w---', { w: undefined });
      const worlds = hot(' -a-----------', { a: until(1000) });
      const subs = '       -^-----------';
      const expected = '   ---------t---';
      let now = 0; // its timers stand still
      const clock = { now: () => now, at: (instant: number) => defer(() => (now < instant ? NEVER : of(now))) };
      asyncScheduler.schedule(() => (now = 1234), 6);
      expectObservable(worlds.pipe(leaseClock(clock, wake$))).toBe(expected, { t: at(1234) });
      expectSubscriptions(wake$.subscriptions).toBe(subs);
    }),
  );

  test(
    'does not listen for suspends before there is a lease that could end, and then once',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const wake$ = hot('  w------------', { w: undefined });
      const worlds = hot(' a-b-c-d------|', { a: world(), b: until(90), c: until('never'), d: until(99) });
      const expected = '   -------------|';
      const subs = '       --^----------!';
      expectObservable(worlds.pipe(leaseClock(fakeClock(), wake$))).toBe(expected);
      expectSubscriptions(wake$.subscriptions).toBe(subs);
    }),
  );

  test(
    'unsubscribing stops the clock',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const worlds = hot(' -a-----------', { a: until(9) });
      const subs = '       ^----!';
      expectObservable(worlds.pipe(leaseClock(fakeClock())), subs).toBe('-');
      expectSubscriptions(worlds.subscriptions).toBe(subs);
    }),
  );
});
