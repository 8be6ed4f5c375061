import { test } from 'node:test';
import { derive } from 'network-event-broker';
import { linkState, marbles, said, steps } from 'network-event-broker/testing';
import { online } from './online.js';

const values = steps({
  r: linkState('ens33', 'routable', 'degraded'),
  o: linkState('ens34', 'routable', 'degraded'),
  d: linkState('ens33', 'degraded', 'routable'),
  e: linkState('ens34', 'no-carrier', 'routable'),
});
const derived = {
  x: derive(values.r, said('online', 'online')),
  y: derive(values.e, said('online', 'offline')),
};

void test(
  'the first routable link makes this host online, the loss of the last one offline, and both say which event that was',
  marbles(({ hot, expectObservable }) => {
    const source = hot('  -r---o---d---e----|', values);
    const expected = '    -(rx)o---d---(ey)-|';
    expectObservable(source.pipe(online)).toBe(expected, { ...values, ...derived });
  }),
);
