import { describe, expect, test } from '@jest/globals';
import { address } from '../../../../../src/testing/builders.js';
import { plan } from '../planner.js';

describe('what main refuses', () => {
  const addresses = [address(3, '192.0.2.5/24'), address(3, '2001:db8::5/64')];
  const elsewhere = 'default via 203.0.113.1 dev 2 metric 1000';
  const planned = (...main: readonly string[]) =>
    plan({ addresses: addresses.slice(0, 1), main: [elsewhere, '192.0.2.0/24 dev 3 proto kernel', ...main] }).filter(
      text => text.startsWith('route') && !text.includes('192.0.2.0/24'),
    );

  test.each(['blackhole', 'unreachable', 'prohibit', 'throw'])('is refused by the table, too: %s', type => {
    expect(planned(`${type} 198.51.100.66`, `${type} 192.0.2.64/26 metric 5`)).toEqual([
      `route add ${type} 198.51.100.66 table 10002`,
      `route add ${type} 192.0.2.64/26 table 10002 metric 5`,
    ]);
  });

  test('so it is with IPv6', () => {
    expect(plan({ addresses: addresses.slice(1), main: ['blackhole 2001:db8:66::/48 dev 1 metric 1024'] })).toContain(
      'route add blackhole 2001:db8:66::/48 dev lo table 10002 metric 1024',
    );
  });

  test('what main reaches within a range that it refuses is not refused: by the default of the link, or as main says', () => {
    const main = ['blackhole 10.0.0.0/8', '10.7.0.0/16 via 203.0.113.9 dev 2', '10.8.0.0/16 via 192.0.2.8 dev 3'];
    const nested = ['10.8.1.0/24 via 203.0.113.9 dev 2', 'blackhole 10.9.9.9'];
    expect(planned(...main, ...nested, 'default via 192.0.2.1 dev 3 metric 100')).toEqual([
      'route add blackhole 10.0.0.0/8 table 10002',
      'route add blackhole 10.9.9.9 table 10002',
      'route add 10.8.0.0/16 via 192.0.2.8 dev eth1 table 10002',
      'route add default via 192.0.2.1 dev eth1 table 10002 metric 100',
      'route add 10.7.0.0/16 via 192.0.2.1 dev eth1 table 10002 metric 100',
    ]);
    expect(planned(...main)).toEqual([
      'route add blackhole 10.0.0.0/8 table 10002',
      'route add throw 10.7.0.0/16 table 10002',
      'route add 10.8.0.0/16 via 192.0.2.8 dev eth1 table 10002',
    ]);
  });

  test('only what it does refuse: not where a route of the same prefix precedes', () => {
    const other = '10.0.0.0/8 via 203.0.113.9 dev 2 metric 100';
    expect(planned(other, 'blackhole 10.0.0.0/8 metric 200')).toEqual([]);
    expect(planned(other, 'blackhole 10.0.0.0/8 metric 50')).toEqual([
      'route add blackhole 10.0.0.0/8 table 10002 metric 50',
    ]);
  });

  test('also if it is everything: the link has no default then that main has not over it', () => {
    const guessed = 'default via 192.0.2.1 dev 2 metric 100';
    expect(planned(guessed, 'unreachable default metric 4294967295')).toEqual([
      'route add default via 192.0.2.1 dev eth1 table 10002',
    ]);
    expect(planned(guessed, 'blackhole default metric 50')).toEqual([
      'route add blackhole default table 10002 metric 50',
    ]);
  });
});
