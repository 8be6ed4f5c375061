import { describe, expect, test } from '@jest/globals';
import type { Address } from '../../../../src/model/address.js';
import { addressKey } from '../../../../src/model/address.js';
import type { Lease } from '../../../../src/model/lease.js';
import type { Link } from '../../../../src/model/link.js';
import type { World } from '../../../../src/model/world.js';
import { diffPolicy } from '../../../../src/sinks/policy/diff.js';
import { planPolicy } from '../../../../src/sinks/policy/desired.js';
import { address, bound, config, lease, link, world } from '../../../../src/testing/builders.js';
import { routeOf, ruleOf } from '../../../../src/testing/fake-kernel.js';

const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1', 'lan');
const docker0 = link(7, 'docker0');
const lo: Link = { ...link(1, 'lo'), flags: 0x10049 };
const all = [lo, eth0, eth1, docker0];

interface Given {
  readonly links?: readonly Link[];
  readonly addresses: readonly Address[];
  /** the main table */
  readonly main?: readonly string[];
  readonly leases?: readonly (readonly [number, Lease])[];
  readonly rules?: string;
  readonly priority?: number;
  readonly base?: number;
  /** Gateway= of eth1 */
  readonly gateway?: readonly string[];
}

const worldOf = ({
  links = all,
  addresses,
  leases = [],
  rules = 'eth1',
  priority = 9999,
  base = 9999,
  gateway,
}: Given): World => {
  const byLink = new Map<number, Map<string, Address>>();
  for (const one of addresses) byLink.set(one.ifindex, new Map(byLink.get(one.ifindex)).set(addressKey(one), one));
  return world(
    links,
    config({
      network: { routingPolicyRules: rules.split(' ').filter(Boolean), rulePriority: priority, tableBase: base },
      perLink:
        gateway === undefined ? [] : [{ patterns: ['eth1'], gateway, domains: undefined, dnsDefaultRoute: undefined }],
    }),
    {
      kernel: { addresses: byLink },
      leases: { bound: bound(...leases) },
    },
  );
};

/** What is done on a host that has nothing of ours yet. */
const plan = (given: Given): readonly string[] => {
  const inWorld = worldOf(given);
  const routes = (given.main ?? []).map(routeOf);
  const nameOf = (ifindex: number) => inWorld.kernel.links?.get(ifindex)?.name;
  return diffPolicy(planPolicy(inWorld, routes, []), { rules: [], routes }, nameOf).actions.map(({ text }) => text);
};

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

/** What is said of the tables and of rules of others. */
const said = (given: Given, others: readonly string[] = []) =>
  (planPolicy(worldOf(given), (given.main ?? []).map(routeOf), others.map(ruleOf)).notices ?? []).map(
    ({ text }) => text,
  );

describe('a table without a default', () => {
  const addresses = [address(3, '192.0.2.5/24'), address(3, '2001:db8::5/64')];
  const none = (family: string) =>
    `table 10002 of eth1 has no ${family} default: no router is known for the link, in the main table, in a lease or by Gateway=`;

  test('is said, for each family', () => {
    expect(said({ addresses })).toEqual([none('IPv4'), none('IPv6')]);
    expect(said({ addresses, main: ['default via 192.0.2.1 dev 3'] })).toEqual([none('IPv6')]);
  });

  test.each([
    ['with halves', ['0.0.0.0/1 dev 3', '128.0.0.0/1 dev 3']],
    ['that refuses everything', ['unreachable default']],
  ])('but not one %s', (_, main) => {
    expect(said({ addresses: addresses.slice(0, 1), main })).toEqual([]);
  });

  test('nor that of a link that is down', () => {
    expect(said({ addresses, links: [eth0, { ...eth1, flags: 0x1002 }] })).toEqual([]);
  });
});

describe('rules of others before ours', () => {
  const given = { addresses: [address(3, '192.0.2.5/24')], main: ['default via 192.0.2.1 dev 3'] };
  const before = (what: string) => [
    `rule ${what} (protocol 3) is asked before ours, whatever a packet's addresses are`,
  ];

  test.each([
    ['all', 'lookup 51820 priority 9998', 'from all lookup 51820 priority 9998'],
    [
      'all but a mark, as wg-quick has it',
      'not fwmark 51820 lookup 51820 priority 9998',
      'not from all fwmark 51820 lookup 51820 priority 9998',
    ],
    ['all of this host', 'iif lo lookup 7 priority 5', 'from all iif lo lookup 7 priority 5'],
  ])('are said if they are for %s', (_, rule, what) => {
    expect(said(given, [rule])).toEqual(before(what));
  });

  test.each([
    ['after ours', 'lookup 7 priority 9999'],
    ['of one mark', 'fwmark 7 lookup 7 priority 5'],
    ['of some addresses', 'from 198.51.100.0/24 lookup 7 priority 5'],
    ['of another link', 'iif eth9 lookup 7 priority 5'],
    ['of the table local', 'lookup 255 priority 0'],
    ['of another family', 'lookup 7 priority 5 six'],
    ['of ours', 'lookup 7 priority 5 proto ours'],
  ])('but not %s', (_, rule) => {
    expect(said(given, [rule])).toEqual([]);
  });
});

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

describe('a table that somebody else uses', () => {
  const addresses = [address(2, '192.0.2.4/32'), address(3, '192.0.2.5/32')];
  const ours = ['from 192.0.2.5 lookup 10002 proto ours', 'to 192.0.2.5 lookup 10002 proto ours'];
  /** What is done and said on a host that has these rules, and ours already. */
  const look = (others: readonly string[], given: Partial<Given> = {}) => {
    const inWorld = worldOf({ addresses, ...given });
    const rules = [...others, ...ours].map(ruleOf);
    const { actions, conflicts } = diffPolicy(planPolicy(inWorld, [], rules), { rules, routes: [] }, () => undefined);
    const taken = conflicts.filter(({ code }) => code !== 'policy-no-default');
    return { actions: actions.map(({ text }) => text), conflicts: taken.map(({ text }) => text) };
  };
  const withdrawn = ['rule delete from 192.0.2.5 lookup 10002', 'rule delete to 192.0.2.5 lookup 10002'];
  const because = (what: string) => [`table 10002 of eth1 is left empty: it is used by ${what}`];

  test.each([
    ['fwmark 7 lookup 10002 proto static', 'rule from all fwmark 7 lookup 10002 (protocol 4)'],
    [
      'from 198.51.100.0/24 lookup 10002 priority 5000 proto boot',
      'rule from 198.51.100.0/24 lookup 10002 priority 5000 (protocol 3)',
    ],
    ['from 192.0.2.9 lookup 10002 proto static', 'rule from 192.0.2.9 lookup 10002 (protocol 4)'],
    ['from 2001:db8::9 lookup 10002 proto static', 'rule from 2001:db8::9 lookup 10002 (protocol 4)'],
  ])('by a rule: %s: nothing is put into it, what is ours there goes, and it is said', (rule, what) => {
    expect(look([rule])).toEqual({ actions: withdrawn, conflicts: because(what) });
  });

  test('as that of a VRF', () => {
    const blue: Link = { ...link(9, 'blue'), kind: 'vrf', vrfTable: 10002 };
    expect(look([], { links: [...all, blue] })).toEqual({ actions: withdrawn, conflicts: because('VRF blue') });
  });

  test('another table is filled', () => {
    const { actions } = look(['fwmark 7 lookup 10002 proto static'], { rules: 'eth0 eth1' });
    expect(actions).toEqual([
      'rule add from 192.0.2.4 lookup 10001',
      'rule add to 192.0.2.4 lookup 10001',
      ...withdrawn,
    ]);
  });

  test('and so are those of another TableBase=', () => {
    expect(look(['fwmark 7 lookup 10002 proto static'], { base: 20_000 })).toEqual({
      actions: ['rule add from 192.0.2.5 lookup 20003', 'rule add to 192.0.2.5 lookup 20003', ...withdrawn],
      conflicts: [],
    });
  });

  test.each([
    [
      'a rule that sends there what ours do, at whatever priority',
      'from 192.0.2.5 lookup 10002 priority 7 proto static',
    ],
    ['the table of a link that is not chosen', 'fwmark 7 lookup 10001 proto static'],
    ['a rule for another table', 'fwmark 7 lookup 77 proto static'],
  ])('%s is none', (_, rule) => {
    expect(look([rule])).toEqual({ actions: [], conflicts: [] });
  });
});
