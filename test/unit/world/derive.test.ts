import { expect, test } from '@jest/globals';
import { linkState, said, steps } from '../../../src/testing/index.js';
import { derive } from '../../../src/world/derive.js';
import { joinKey } from '../../../src/world/join.js';

const { a, b } = steps({ a: linkState('eth0', 'routable'), b: linkState('eth0', 'degraded') });
const x = derive({ ...b, at: 5 }, said('online', true));

test('a derived step is of the same event: its id, its moment, its world; that event is its cause', () => {
  expect(x).toEqual({ id: 2, at: 5, event: said('online', true), cause: b.event, world: b.world });
});

test('what is derived of a derived one goes back to the same cause', () => {
  expect(derive(x, said('online', false)).cause).toBe(b.event);
});

test('it is never joined with an event that nobody derived', () => {
  const again = derive(b, linkState('eth0', 'routable'));
  expect(joinKey(again)).not.toBe(joinKey(a));
  expect(joinKey(again)).toBe(joinKey(derive(a, a.event)));
  expect(joinKey(x)).toBeUndefined();
});
