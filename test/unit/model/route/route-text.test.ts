import { expect, test } from '@jest/globals';
import { routeLine } from '../../../../src/model/route/route-text.js';
import { netlinkRoute } from '../../../support/fake-rtnetlink.js';

const tables = new Map([
  [254, 'main'],
  [42, 'storage'],
]);
const written = (destination: string, changes: Parameters<typeof netlinkRoute>[2] = {}): string =>
  routeLine(netlinkRoute(destination, 2, changes), tables);

test('routes are written as ip-route(8) writes them: default, and addresses without a length', () => {
  expect(written('0.0.0.0/0', { gateway: '192.0.2.1' })).toBe('default via 192.0.2.1 table main');
  expect(written('::/0', { family: 10, gateway: 'fe80::1', priority: 1024 })).toBe(
    'default via fe80::1 table main metric 1024',
  );
  expect(written('192.0.2.7/32')).toBe('192.0.2.7 table main');
  expect(written('2001:db8::7/128', { family: 10 })).toBe('2001:db8::7 table main');
  expect(written('2001:db8::/32', { family: 10 })).toBe('2001:db8::/32 table main');
  expect(written('10.0.0.0/8', { type: 6, oif: undefined })).toBe('blackhole 10.0.0.0/8 table main');
  expect(written('default', { destination: '0.0.0.0/0', type: 7 })).toBe('unreachable default table main');
});

test('a route always says its table, by its name where it has one', () => {
  expect(written('10.0.0.0/8', { table: 42 })).toBe('10.0.0.0/8 table storage');
  expect(written('10.0.0.0/8', { table: 10002 })).toBe('10.0.0.0/8 table 10002');
});

test('the preferred source comes before the metric, as ip-route(8) has it', () => {
  expect(written('10.0.0.0/8', { prefsrc: '192.0.2.5', priority: 100 })).toBe(
    '10.0.0.0/8 table main src 192.0.2.5 metric 100',
  );
});
