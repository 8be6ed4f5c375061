import { test } from 'node:test';
import { address, linkNews, linkState, marbles, steps } from 'network-event-broker/testing';
import { routableFor } from './routable-for.js';

const values = steps({
  r: linkState('ens33', 'routable'),
  d: linkState('ens33', 'degraded'),
  o: linkState('ens34', 'routable'),
  c: linkState('ens33', { AdministrativeState: 'configured' }),
  x: address('ens33', '192.0.2.5/24'),
  g: linkNews('ens33', 'removed'),
});

void test(
  'a link that stays routable passes after 5 s',
  marbles(({ hot, expectObservable }) => {
    const source = hot('  -r 9s -', values);
    const expected = '    - 5s r';
    expectObservable(source.pipe(routableFor(5000))).toBe(expected, values);
  }),
);

void test(
  'one that is lost before that does not, and waits anew',
  marbles(({ hot, expectObservable }) => {
    const source = hot('  -r-d---r-------|', values);
    const expected = '    ------------r--|';
    expectObservable(source.pipe(routableFor(5))).toBe(expected, values);
  }),
);

void test(
  'links wait on their own; other states and events pass and do not disturb the wait',
  marbles(({ hot, expectObservable }) => {
    const source = hot('  -ro-c-x 9s -', values);
    const expected = '    ----c-x 4994ms ro';
    expectObservable(source.pipe(routableFor(5000))).toBe(expected, values);
  }),
);

void test(
  'a link that is removed is waited for no more',
  marbles(({ hot, expectObservable }) => {
    const source = hot('  -ro-g-----|', values);
    const expected = '    ----g--o--|';
    expectObservable(source.pipe(routableFor(5))).toBe(expected, values);
  }),
);
