import { describe, expect, test } from '@jest/globals';
import { planPolicy } from '../../../../../src/sinks/policy/desired.js';
import { address } from '../../../../../src/testing/builders.js';
import { routeOf } from '../../../../../src/testing/fake-kernel.js';
import { worldOf, plan } from '../planner.js';

describe('the legs of a route', () => {
  test.each([
    [
      'of a multipath route the link has its leg',
      ['default nexthop via 203.0.113.1 dev 2 nexthop via 192.0.2.1 dev 3'],
      ['default via 192.0.2.1 dev eth1 table 10002'],
    ],
    [
      'and all of them, if there are several',
      ['default nexthop via 192.0.2.1 dev 3 weight 3 nexthop via 203.0.113.1 dev 2 nexthop via 192.0.2.2 dev 3'],
      ['default table 10002 nexthop via 192.0.2.1 dev eth1 weight 3 nexthop via 192.0.2.2 dev eth1 weight 1'],
    ],
    [
      'routes to one prefix by several routers are a multipath',
      ['10.1.0.0/16 via 192.0.2.1 dev 3 metric 5', '10.1.0.0/16 via 192.0.2.2 dev 3 metric 5'],
      [
        '10.1.0.0/16 table 10002 metric 5 nexthop via 192.0.2.1 dev eth1 weight 1 nexthop via 192.0.2.2 dev eth1 weight 1',
      ],
    ],
    [
      'with another metric it is another route',
      ['10.1.0.0/16 via 192.0.2.1 dev 3 metric 5', '10.1.0.0/16 via 192.0.2.2 dev 3 metric 6'],
      [
        '10.1.0.0/16 via 192.0.2.1 dev eth1 table 10002 metric 5',
        '10.1.0.0/16 via 192.0.2.2 dev eth1 table 10002 metric 6',
      ],
    ],
    [
      "main's routers that are in the link's network are all taken",
      ['default nexthop via 192.0.2.1 dev 2 nexthop via 203.0.113.1 dev 2 nexthop via 192.0.2.2 dev 2'],
      ['default table 10002 nexthop via 192.0.2.1 dev eth1 weight 1 nexthop via 192.0.2.2 dev eth1 weight 1'],
    ],
  ])('%s', (_, main, expected) => {
    const routes = plan({ addresses: [address(3, '192.0.2.5/24')], main: ['192.0.2.0/24 dev 3', ...main] });
    expect(routes.slice(1, -2)).toEqual(expected.map(text => `route add ${text}`));
  });

  test('so it is with IPv6', () => {
    const main = ['default nexthop via fe80::1 dev 3 nexthop via 2001:db8:7::2 dev 3', '10.0.0.0/8 dev 3'];
    expect(plan({ addresses: [address(3, '2001:db8::5/64')], main }).slice(0, -2)).toEqual([
      'route add 2001:db8::/64 dev eth1 table 10002 metric 1024',
      'route add 2001:db8:7::2 dev eth1 table 10002 metric 1024',
      'route add default table 10002 metric 1024 nexthop via fe80::1 dev eth1 weight 1 nexthop via 2001:db8:7::2 dev eth1 weight 1',
    ]);
  });

  test('of IPv6 routers the preferred ones', () => {
    const inWorld = worldOf({ addresses: [address(3, '2001:db8::5/128')] });
    const by = (router: string, preference: number) => ({
      ...routeOf(`default via fe80::${router} dev 3`),
      preference,
    });
    expect(planPolicy(inWorld, [by('1', 3), by('2', 1), by('3', 0), by('4', 1)], []).routes).toMatchObject([
      { multipath: [{ gateway: 'fe80::2' }, { gateway: 'fe80::4' }] },
    ]);
  });
});
