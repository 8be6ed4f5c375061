import { describe, expect, test } from '@jest/globals';
import type { Link } from '../../../../src/model/link.js';
import { planPolicy } from '../../../../src/sinks/policy/desired.js';
import { address, config, lease, link, world } from '../../../../src/testing/builders.js';
import { routeOf } from '../../../../src/testing/fake-kernel.js';
import { eth0, eth1, all, type Given, worldOf, plan } from './planner.js';

describe('planPolicy', () => {
  test('two interfaces in one subnet, the default over the other: the second one answers by itself', () => {
    expect(
      plan({
        addresses: [address(2, '172.16.130.143/24'), address(3, '172.16.130.144/24')],
        main: [
          'default via 172.16.130.2 dev 2 metric 1024 proto dhcp',
          '172.16.130.0/24 dev 2 proto kernel src 172.16.130.143',
          '172.16.130.0/24 dev 3 proto kernel src 172.16.130.144',
        ],
      }),
    ).toEqual([
      'route add 172.16.130.0/24 dev eth1 table 10002 src 172.16.130.144',
      'route add default via 172.16.130.2 dev eth1 table 10002',
      'rule add from 172.16.130.144 lookup 10002',
      'rule add to 172.16.130.144 lookup 10002',
    ]);
  });

  test("the link's own default and classless routes are copied with metric and source, direct ones first", () => {
    expect(
      plan({
        addresses: [address(3, '192.0.2.5/24')],
        main: [
          'default via 192.0.2.1 dev 3 metric 1024 src 192.0.2.5 proto dhcp',
          '198.51.100.0/24 via 192.0.2.9 dev 3 metric 1024 proto dhcp',
          '192.0.2.0/24 dev 3 proto kernel src 192.0.2.5',
          '192.0.2.1 dev 3 metric 1024 src 192.0.2.5 proto dhcp',
        ],
      }).filter(text => text.startsWith('route')),
    ).toEqual([
      'route add 192.0.2.0/24 dev eth1 table 10002 src 192.0.2.5',
      'route add 192.0.2.1 dev eth1 table 10002 metric 1024 src 192.0.2.5',
      'route add default via 192.0.2.1 dev eth1 table 10002 metric 1024 src 192.0.2.5',
      'route add 198.51.100.0/24 via 192.0.2.9 dev eth1 table 10002 metric 1024',
    ]);
  });

  test('IPv6 has rules and a table of its own; link-local addresses have none', () => {
    expect(
      plan({
        addresses: [address(3, '2001:db8::5/64'), { ...address(3, 'fe80::5/64'), scope: 253 }],
        main: [
          '2001:db8::/64 dev 3 metric 256 proto kernel',
          'fe80::/64 dev 3 metric 256 proto kernel',
          'default via fe80::1 dev 3 metric 512',
        ],
      }),
    ).toEqual([
      'route add 2001:db8::/64 dev eth1 table 10002 metric 256',
      'route add fe80::/64 dev eth1 table 10002 metric 256',
      'route add default via fe80::1 dev eth1 table 10002 metric 512',
      'rule add from 2001:db8::5 lookup 10002',
      'rule add to 2001:db8::5 lookup 10002',
    ]);
  });

  test("a link-local gateway of another link is nobody's on this one", () => {
    expect(
      plan({
        addresses: [address(3, '2001:db8::5/64')],
        main: ['default via fe80::1 dev 2 metric 512', 'fe80::/64 dev 3 metric 256'],
      }).filter(text => text.includes('default')),
    ).toEqual([]);
  });

  test('several addresses and several links, each with its table; every address once', () => {
    expect(
      plan({
        rules: 'eth*',
        addresses: [
          address(2, '192.0.2.5/24'),
          address(2, '192.0.2.5/32'),
          address(2, '192.0.2.6/24'),
          address(3, '198.51.100.5/24'),
        ],
      }),
    ).toEqual([
      'route add 192.0.2.0/24 dev eth0 table 10001',
      'route add 198.51.100.0/24 dev eth1 table 10002',
      'rule add from 192.0.2.5 lookup 10001',
      'rule add to 192.0.2.5 lookup 10001',
      'rule add from 192.0.2.6 lookup 10001',
      'rule add to 192.0.2.6 lookup 10001',
      'rule add from 198.51.100.5 lookup 10002',
      'rule add to 198.51.100.5 lookup 10002',
    ]);
  });

  test.each([
    ['tentative', { flags: 0x40 }],
    ['failed', { flags: 0x48 }],
    ['of link scope', { scope: 253 }],
    ['of host scope', { scope: 254 }],
  ])('an address that is %s has no rules', (_, changes) => {
    expect(plan({ addresses: [{ ...address(3, '192.0.2.5/24'), ...changes }] })).toEqual([]);
  });

  test.each([
    ['deprecated', { flags: 0x20 }],
    ['secondary', { flags: 0x01 }],
    ['optimistic', { flags: 0x44 }],
  ])('an address that is %s has rules', (_, changes) => {
    expect(plan({ addresses: [{ ...address(3, '192.0.2.5/32'), ...changes }] })).toHaveLength(2);
  });

  test('169.254/16 is link-local even when its scope is global', () => {
    expect(plan({ addresses: [address(3, '169.254.7.7/16')] })).toEqual([]);
  });

  test("without a default of its own the link has the gateway of its lease, main's or not", () => {
    const addresses = [address(3, '192.0.2.5/24')];
    const main = ['default via 203.0.113.1 dev 2', '192.0.2.0/24 dev 3'];
    const leases = [[3, lease('192.0.2.5', { routers: ['192.0.2.254'] })]] as const;
    expect(plan({ addresses, main, leases })[1]).toBe('route add default via 192.0.2.254 dev eth1 table 10002');
    expect(plan({ addresses, main }).filter(text => text.includes('default'))).toEqual([]);
  });

  test('the link has its own networks, wherever their routes are', () => {
    const addresses = [
      address(3, '192.0.2.5/24'),
      address(3, '192.0.2.6/24'),
      address(3, '203.0.113.5/32'),
      { ...address(3, '10.0.0.1/32'), peer: '10.0.0.2' },
      address(3, '2001:db8::5/64'),
    ];
    const main = ['default via 192.0.2.1 dev 3 table 100', '192.0.2.0/24 dev 3 table 100'];
    expect(plan({ addresses, main }).filter(text => text.startsWith('route'))).toEqual([
      'route add 192.0.2.0/24 dev eth1 table 10002',
      'route add 10.0.0.2 dev eth1 table 10002',
      'route add 2001:db8::/64 dev eth1 table 10002 metric 1024',
    ]);
    const routed = ['192.0.2.0/24 via 192.0.2.1 dev 3', '192.0.2.1 dev 3'];
    expect(plan({ addresses: addresses.slice(0, 2), main: routed }).slice(0, -4)).toEqual([
      'route add 192.0.2.1 dev eth1 table 10002',
      'route add 192.0.2.0/24 via 192.0.2.1 dev eth1 table 10002',
    ]);
  });

  test('or that of Gateway=, which precedes what is only guessed, of both families', () => {
    const addresses = [address(3, '192.0.2.5/24'), address(3, '2001:db8::5/64')];
    const gateway = ['192.0.2.7', '192.0.2.8', 'fe80::7'];
    const defaults = (given: Partial<Given>) =>
      plan({ addresses, gateway, ...given }).filter(text => text.startsWith('route add default'));
    const ours = [
      'route add default table 10002 nexthop via 192.0.2.7 dev eth1 weight 1 nexthop via 192.0.2.8 dev eth1 weight 1',
      'route add default via fe80::7 dev eth1 table 10002 metric 1024',
    ];
    expect(defaults({})).toEqual(ours);
    expect(defaults({ main: ['default via 192.0.2.1 dev 2'] })).toEqual(ours);
    expect(defaults({ main: ['default via 192.0.2.1 dev 3'] })[0]).toContain('via 192.0.2.1 dev eth1');
    const leases = [[3, lease('192.0.2.5', { routers: ['192.0.2.254'] })]] as const;
    expect(defaults({ leases })[0]).toContain('via 192.0.2.254 dev eth1');
  });

  test("a lease's gateway outside of every connected prefix is on the link; one that is no address is none", () => {
    const addresses = [address(3, '192.0.2.5/32')];
    const given = (router: string) => plan({ addresses, leases: [[3, lease('192.0.2.5', { routers: [router] })]] });
    expect(given('10.0.0.1').slice(0, 2)).toEqual([
      'route add 10.0.0.1 dev eth1 table 10002',
      'route add default via 10.0.0.1 dev eth1 table 10002',
    ]);
    expect(given('$(id)')).toHaveLength(2);
  });

  test('a router to which the link has no direct route, or none any more, gets one', () => {
    const main = [
      'default via 192.0.2.1 dev 2',
      '198.51.100.0/24 dev 2',
      '10.1.0.0/16 via 198.51.100.1 dev 3',
      '10.2.0.0/16 via 203.0.113.1 dev 3',
      '10.3.0.0/16 via 198.51.100.1 dev 3',
      '10.4.0.0/16 via 169.254.1.1 dev 3',
      '203.0.113.1 dev 3',
    ];
    expect(plan({ addresses: [address(3, '192.0.2.5/24')], main }).slice(0, -2)).toEqual([
      'route add 203.0.113.1 dev eth1 table 10002',
      'route add 192.0.2.0/24 dev eth1 table 10002',
      'route add 198.51.100.1 dev eth1 table 10002',
      'route add 169.254.1.1 dev eth1 table 10002',
      'route add 10.1.0.0/16 via 198.51.100.1 dev eth1 table 10002',
      'route add 10.2.0.0/16 via 203.0.113.1 dev eth1 table 10002',
      'route add 10.3.0.0/16 via 198.51.100.1 dev eth1 table 10002',
      'route add 10.4.0.0/16 via 169.254.1.1 dev eth1 table 10002',
      'route add default via 192.0.2.1 dev eth1 table 10002',
    ]);
  });

  test("a router behind a network whose place somebody else's route holds is reached by that, or by a route of its own", () => {
    const routesBeside = (holder: string) =>
      plan({
        addresses: [address(3, '192.0.2.5/24')],
        main: ['default via 192.0.2.1 dev 2', `192.0.2.0/24 ${holder} table 10002 proto static`],
      }).filter(text => text.startsWith('route'));
    const byDefault = 'route add default via 192.0.2.1 dev eth1 table 10002';
    expect(routesBeside('dev 3')).toEqual([byDefault]);
    const toRouter = 'route add 192.0.2.1 dev eth1 table 10002';
    expect(routesBeside('dev 2')).toEqual([toRouter, byDefault]);
    expect(routesBeside('via 203.0.113.1 dev 3')).toEqual([toRouter, byDefault]);
  });

  test('so it is with IPv6, where main may lead to the router by another link; link-local ones need none', () => {
    const main = [
      '2001:db8::/64 dev 2 metric 256',
      'default via 2001:db8::1 dev 3 metric 1024 onlink',
      '2001:db8:7::/48 via fe80::1 dev 3 metric 1024',
    ];
    expect(plan({ addresses: [address(3, '2001:db8::5/64')], main }).slice(0, -2)).toEqual([
      'route add 2001:db8::/64 dev eth1 table 10002 metric 1024',
      'route add default via 2001:db8::1 dev eth1 table 10002 metric 1024',
      'route add 2001:db8:7::/48 via fe80::1 dev eth1 table 10002 metric 1024',
    ]);
  });

  test('a link that is down takes no default, its rules stay', () => {
    const links = [eth0, { ...eth1, flags: 0x1002 }];
    const given = { links, addresses: [address(3, '192.0.2.5/24')], main: ['default via 192.0.2.1 dev 2'] };
    expect(plan(given).filter(text => text.startsWith('route'))).toEqual([]);
    expect(plan(given)).toHaveLength(2);
  });

  test('point-to-point: what is connected is the other end', () => {
    const addresses = [{ ...address(3, '10.0.0.1/32'), peer: '192.0.2.1' }];
    expect(
      plan({ addresses, main: ['default via 192.0.2.1 dev 2', '192.0.2.1 dev 3 src 10.0.0.1 proto kernel'] }),
    ).toEqual([
      'route add 192.0.2.1 dev eth1 table 10002 src 10.0.0.1',
      'route add default via 192.0.2.1 dev eth1 table 10002',
      'rule add from 10.0.0.1 lookup 10002',
      'rule add to 10.0.0.1 lookup 10002',
    ]);
  });

  test("of main's defaults by other links the best is taken whose router can be reached by this one", () => {
    expect(
      plan({
        addresses: [address(3, '192.0.2.5/24')],
        main: [
          'default via 203.0.113.1 dev 2 metric 10',
          'default via 192.0.2.2 dev 7 metric 30',
          'default via 192.0.2.1 dev 2 metric 20',
          '192.0.2.0/24 dev 3',
        ],
      })[1],
    ).toBe('route add default via 192.0.2.1 dev eth1 table 10002');
  });

  test('addresses that somebody delivers by local routes have rules', () => {
    const main = [
      'local 203.0.113.9 dev 3 table 255 proto 66',
      'local 203.0.113.64/28 dev 3 table 255 proto 66',
      'local 192.0.2.5 dev 3 table 255 proto kernel',
      'local 203.0.113.10 dev 2 table 255 proto 66',
      'local 169.254.9.9 dev 3 table 255 proto 66',
      'local 2001:db8:9::9 dev 3 table 255 proto 66',
    ];
    expect(plan({ addresses: [address(3, '192.0.2.5/32')], main })).toEqual([
      'rule add from 192.0.2.5 lookup 10002',
      'rule add to 192.0.2.5 lookup 10002',
      'rule add from 203.0.113.9 lookup 10002',
      'rule add to 203.0.113.9 lookup 10002',
      'rule add from 203.0.113.64/28 lookup 10002',
      'rule add to 203.0.113.64/28 lookup 10002',
      'rule add from 2001:db8:9::9 lookup 10002',
      'rule add to 2001:db8:9::9 lookup 10002',
    ]);
  });

  describe('addresses of a macvlan', () => {
    const vrrp: Link = { ...link(9, 'vrrp.51'), kind: 'macvlan', macvlanOf: 3 };
    const given = {
      links: [...all, vrrp],
      addresses: [address(3, '192.0.2.5/24'), address(9, '192.0.2.100/32')],
      main: ['default via 192.0.2.1 dev 3', '192.0.2.0/24 dev 3'],
    };
    const ofVrrp = (more: Partial<Given>) => plan({ ...given, ...more }).filter(text => text.includes('10008'));
    const ruled = [
      'route add 192.0.2.1 dev vrrp.51 table 10008',
      'route add default via 192.0.2.1 dev vrrp.51 table 10008',
      'rule add from 192.0.2.100 lookup 10008',
      'rule add to 192.0.2.100 lookup 10008',
    ];

    test('have rules with its parent, and the router of the parent', () => {
      expect(ofVrrp({})).toEqual(ruled);
      expect(ofVrrp({ rules: 'vrrp*' })).toEqual(ruled);
      const lan = [[3, lease('192.0.2.5', { routers: ['192.0.2.1'] })]] as const;
      expect(ofVrrp({ main: [], leases: lan })).toEqual(ruled);
    });

    test('but not if it is excluded, or has a router itself', () => {
      expect(ofVrrp({ rules: 'eth1 !vrrp*' })).toEqual([]);
      expect(ofVrrp({ main: [...given.main, 'default via 192.0.2.9 dev 9 metric 5'] })).toEqual([]);
    });
  });

  test('neither our own routes nor those of a dead link are copied', () => {
    const inWorld = worldOf({ addresses: [address(3, '192.0.2.5/32')] });
    const main = [
      routeOf('10.1.0.0/16 dev 3 proto ours'),
      { ...routeOf('10.2.0.0/16 dev 3'), flags: 1 },
      routeOf('10.4.0.0/16 dev 3 table 100'),
      routeOf('blackhole 10.5.0.0/16 proto ours'),
      routeOf('blackhole 10.6.0.0/16 table 100'),
    ];
    expect(planPolicy(inWorld, main, []).routes).toEqual([]);
  });

  test('chosen are links by name and alternative name, whatever Links= says; unset and empty choose none', () => {
    const addresses = [address(3, '192.0.2.5/24')];
    expect(plan({ addresses, rules: 'lan' })).toHaveLength(3);
    expect(plan({ addresses, rules: 'eth10' })).toEqual([]);
    expect(plan({ addresses, rules: '' })).toEqual([]);
    expect(planPolicy(world([eth1], config()), [], [])).toEqual({ rules: [], routes: [] });
  });

  test('a large ifindex changes the table, not the priority', () => {
    const far = link(30000, 'eth1');
    expect(plan({ links: [far], addresses: [address(30000, '192.0.2.5/32')], priority: 5000 })[0]).toBe(
      'rule add from 192.0.2.5 lookup 39999 priority 5000',
    );
  });

  test('a link that was renamed keeps its table if it is still chosen, and has nothing if not', () => {
    const addresses = [address(3, '192.0.2.5/32')];
    expect(plan({ links: [link(3, 'eth7')], addresses, rules: 'eth*' })[0]).toBe(
      'rule add from 192.0.2.5 lookup 10002',
    );
    expect(plan({ links: [link(3, 'wan')], addresses, rules: 'eth*' })).toEqual([]);
  });

  test('TableBase= chooses the tables', () => {
    expect(plan({ addresses: [address(3, '192.0.2.5/32')], base: 2 ** 31 })).toEqual([
      'rule add from 192.0.2.5 lookup 2147483651',
      'rule add to 192.0.2.5 lookup 2147483651',
    ]);
  });
});
