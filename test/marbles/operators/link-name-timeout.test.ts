import { describe, test } from '@jest/globals';
import { linkNameTimeout } from '../../../src/operators/link-name-timeout.js';
import { link, world } from '../../../src/testing/builders.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';
import type { World } from '../../../src/model/world.js';

const waitingFor = (...waits: readonly [number, number][]): World =>
  world([link(2, 'eth0')], undefined, {
    networkd: { overdue: new Map(waits.map(([ifindex, since]) => [ifindex, { since, inputs: [] }])) },
  });
const worlds = { n: world(), a: waitingFor([7, 1]), b: waitingFor([7, 1], [8, 2]), c: waitingFor([8, 3]) };
const values = {
  x: { kind: 'link-overdue', ifindex: 7, since: 1 },
  y: { kind: 'link-overdue', ifindex: 8, since: 2 },
  z: { kind: 'link-overdue', ifindex: 8, since: 3 },
};

describe('overdue', () => {
  testLaws(linkNameTimeout);

  test(
    'says of each wait, once, that it has lasted a second',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-na-b-b-------', worlds);
      const expected = '  1002ms x-y';
      expectObservable(source.pipe(linkNameTimeout()), '1100ms !').toBe(expected, values);
    }),
  );

  test(
    'a new wait for the same link is another wait',
    marbles(({ hot, expectObservable }) => {
      const source = hot('b---n---c', worlds);
      const expected = '  1000ms (xy)----z';
      expectObservable(source.pipe(linkNameTimeout()), '1100ms !').toBe(expected, values);
    }),
  );

  test(
    'ends with the worlds, whatever still waits',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-|', worlds);
      expectObservable(source.pipe(linkNameTimeout())).toBe('---|');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );

  test(
    'unsubscribing forgets what waits',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a--', worlds);
      const subs = '      ^ 500ms !';
      expectObservable(source.pipe(linkNameTimeout()), subs).toBe('-');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );
});
