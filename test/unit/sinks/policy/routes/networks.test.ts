import { describe, expect, test } from '@jest/globals';
import { address, lease } from '../../../../../src/testing/builders.js';
import { type Given, plan } from '../planner.js';

describe('what lies inside', () => {
  test('what lies behind links without a default is reached, but does not hide what the link is connected to', () => {
    expect(
      plan({
        addresses: [address(2, '203.0.113.5/24'), address(3, '10.5.0.5/16'), address(7, '172.17.0.1/16')],
        main: [
          'default via 203.0.113.1 dev 2',
          '203.0.113.0/24 dev 2 proto kernel',
          '10.5.0.0/16 dev 3 proto kernel',
          '172.17.0.0/16 dev 7 proto kernel src 172.17.0.1',
          '10.5.7.0/24 dev 7',
          '10.0.0.0/8 dev 7',
          '127.9.0.0/16 dev 1',
        ],
      }),
    ).toEqual([
      'route add 10.5.0.0/16 dev eth1 table 10002',
      'route add 172.17.0.0/16 dev docker0 table 10002 src 172.17.0.1',
      'rule add from 10.5.0.5 lookup 10002',
      'rule add to 10.5.0.5 lookup 10002',
    ]);
  });

  /** What the table of eth1 leads to by other links. */
  const elsewhere = (given: Partial<Given>) =>
    plan({ addresses: [address(3, '192.0.2.5/24')], ...given }).filter(
      text => text.startsWith('route') && text.includes('table 10002') && !text.includes('dev eth1'),
    );

  test.each([
    ['of everything', ['default dev 7']],
    ['of its halves, as VPNs write it', ['0.0.0.0/1 dev 7', '128.0.0.0/1 dev 7']],
    ['of everything in IPv6', ['default dev 7 six']],
    ['of its parts in IPv6', ['2000::/3 dev 7', '::/3 dev 7']],
    ['by a router', ['10.99.0.0/16 via 172.17.0.2 dev 7']],
    ['by a router in IPv6', ['2001:db8:99::/48 via fe80::1 dev 7']],
  ])('a link with a route %s is no way to what lies behind it', (_, routes) => {
    const main = ['172.17.0.0/16 dev 7'];
    expect(elsewhere({ main })).toEqual(['route add 172.17.0.0/16 dev docker0 table 10002']);
    expect(elsewhere({ main: [...main, ...routes] })).toEqual([]);
  });

  test('nor is one whose lease has a router, or that is given one', () => {
    const main = ['172.17.0.0/16 dev 7'];
    const given = { main: ['192.0.2.0/24 dev 3'], addresses: [address(2, '203.0.113.5/24')], rules: 'eth0' };
    const elsewhere0 = (gateway: readonly string[] | undefined) =>
      plan({ ...given, ...(gateway === undefined ? {} : { gateway }) }).filter(text => text.includes('dev eth1'));
    expect(elsewhere0(undefined)).toHaveLength(1);
    expect(elsewhere0(['192.0.2.1'])).toEqual([]);
    expect(elsewhere({ main, leases: [[7, lease('172.17.0.5', { routers: ['172.17.0.1'] })]] })).toEqual([]);
  });

  test('chosen or not: what has no way out lies inside for the others, what has one does not', () => {
    const given = {
      addresses: [address(2, '203.0.113.5/24'), address(3, '192.0.2.5/24'), address(7, '172.17.0.1/16')],
      main: ['default via 203.0.113.1 dev 2', '203.0.113.0/24 dev 2', '192.0.2.0/24 dev 3', '172.17.0.0/16 dev 7'],
    };
    const inside = ['route add 172.17.0.0/16 dev docker0 table 10002'];
    expect(elsewhere(given)).toEqual(inside);
    expect(elsewhere({ ...given, rules: '*' })).toEqual(inside);
  });
});
