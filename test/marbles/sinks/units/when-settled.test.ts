import { describe, test } from '@jest/globals';
import { map, pipe } from 'rxjs';
import type { States } from '../../../../src/model/states.js';
import { whenSettled } from '../../../../src/sinks/units/when-settled.js';
import type { Wanted } from '../../../../src/sinks/units/wishes.js';
import { config, link, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';

const links = [link(2, 'eth0'), link(3, 'eth1')];
const off: States = { OperationalState: 'no-carrier' };
const on: States = { OperationalState: 'routable' };
const wanted = (eth0: States, eth1: States = off, debounceSec = 0.003): Wanted => {
  const states = new Map([
    [2, eth0],
    [3, eth1],
  ]);
  return { world: world(links, config({ events: { debounceSec } }), { networkd: { states } }), states };
};
const values = { a: wanted(off), b: wanted(on), c: wanted(off), d: wanted(on, on) };

/** The states that count: one letter for each of the two links. */
const shown = pipe(
  whenSettled(),
  map(({ states }: Wanted) => [2, 3].map(ifindex => (states.get(ifindex) === on ? '+' : '-')).join('')),
);
const told = { n: '--', o: '+-', b: '++' };

describe('whenSettled', () => {
  testLaws<Wanted, Wanted>(() => whenSettled());

  test(
    'a state that lasts counts once it has been the same for DebounceSec; what is so at first counts at once',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a--b------', values).pipe(shown), '---------!').toBe('n--n--o---', told);
    }),
  );

  test(
    'one that does not last never counts',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a--b-c----', values).pipe(shown), '---------!').toBe('n--n-n--n-', told);
    }),
  );

  test(
    'no link waits for another',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a--b-d----', values).pipe(shown), '---------!').toBe('n--n-no-b-', told);
    }),
  );

  test(
    'without DebounceSec nothing waits, and what waited counts at once',
    marbles(({ hot, expectObservable }) => {
      const now = { ...values, z: wanted(on, off, 0) };
      expectObservable(hot('a--bz-----', now).pipe(shown), '---------!').toBe('n--no-----', told);
    }),
  );

  test(
    'what waits at the end is passed on',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a--b|', values).pipe(shown)).toBe('n--n(o|)', told);
    }),
  );
});
