import { describe, expect, test } from '@jest/globals';
import type { Address } from '../../../../src/model/address.js';
import type { Link } from '../../../../src/model/link.js';
import { link } from '../../../../src/testing/builders.js';
import { derivedStates } from '../../../../src/world/kernel/operational-state.js';

const UP = 0x1;
const RUNNING = 0x40;
const SLAVE = 0x800;
const LOWER_UP = 0x1_0000;
const DORMANT = 0x2_0000;
const ALIVE = UP | RUNNING | LOWER_UP;
const oper = { unknown: 0, notPresent: 1, down: 2, lowerLayerDown: 3, testing: 4, dormant: 5, up: 6 };

const eth0 = (changes: Partial<Link> = {}): Link => ({
  ...link(2, 'eth0'),
  flags: ALIVE,
  operState: oper.up,
  ...changes,
});
const address = (scope: number, changes: Partial<Address> = {}): Address => ({
  ifindex: 2,
  family: 'ipv4',
  address: '192.0.2.5',
  prefixLength: 24,
  scope,
  flags: 0x80,
  label: '',
  broadcast: '',
  peer: '',
  preferredLifetime: 0xffffffff,
  validLifetime: 0xffffffff,
  ...changes,
});
const scopes = { universe: 0, site: 200, link: 253, host: 254 };
const ipv6 = (scope: number, flags = 0x80): Address =>
  address(scope, { family: 'ipv6', address: '2001:db8::5', flags });

const stateOf = (name: string, one: Link, addresses: readonly Address[] = [], all: readonly Link[] = []) =>
  derivedStates(one, addresses, master => all.filter(other => other.master === master))[name];
const carrier = (one: Link, ...all: readonly Link[]) => stateOf('CarrierState', one, [], all);
const operational = (one: Link, ...addresses: readonly Address[]) => stateOf('OperationalState', one, addresses);

describe('CarrierState', () => {
  test.each<[string, string, Partial<Link>]>([
    ['off', 'a link that is down', { flags: 0, operState: oper.down }],
    ['no-carrier', 'up without a cable', { flags: UP, operState: oper.down }],
    ['no-carrier', 'up, but what it lies upon is down', { flags: UP, operState: oper.lowerLayerDown }],
    ['no-carrier', 'testing', { flags: UP | LOWER_UP, operState: oper.testing }],
    ['off', 'not present', { flags: 0, operState: oper.notPresent }],
    ['dormant', 'waiting for 802.1X', { flags: UP | LOWER_UP | DORMANT, operState: oper.dormant }],
    ['carrier', 'up', { operState: oper.up }],
    ['carrier', 'a driver without operational states (lo): by its flags', { operState: oper.unknown }],
    ['no-carrier', 'the same, not running', { operState: oper.unknown, flags: UP | LOWER_UP }],
    ['no-carrier', 'the same, without a lower layer', { operState: oper.unknown, flags: UP | RUNNING }],
    ['no-carrier', 'the same, dormant by its flags', { operState: oper.unknown, flags: ALIVE | DORMANT }],
    ['off', 'the same, down', { operState: oper.unknown, flags: 0 }],
    ['enslaved', 'a port with carrier', { master: 9 }],
    ['enslaved', 'a port by its flag alone', { flags: ALIVE | SLAVE }],
    ['no-carrier', 'a port without carrier', { master: 9, flags: UP, operState: oper.down }],
    ['dormant', 'a dormant port', { master: 9, operState: oper.dormant }],
  ])('is %s: %s', (expected, _, changes) => {
    expect(carrier(eth0(changes))).toBe(expected);
  });

  const bridge = eth0({ ifindex: 9, name: 'br0', kind: 'bridge' });
  const port = (ifindex: number, changes: Partial<Link> = {}): Link => eth0({ ifindex, master: 9, ...changes });
  const dead: Partial<Link> = { flags: UP, operState: oper.down };

  test('of a bridge is its own while all its ports have carrier, or there are none', () => {
    expect(carrier(bridge)).toBe('carrier');
    expect(carrier(bridge, port(2), port(3))).toBe('carrier');
    expect(carrier({ ...bridge, ...dead })).toBe('no-carrier');
    expect(carrier({ ...bridge, ...dead }, port(2, dead))).toBe('no-carrier');
  });

  test.each<[string, Partial<Link>]>([
    ['without carrier', dead],
    ['that is down', { flags: 0, operState: oper.down }],
    ['that is dormant', { operState: oper.dormant }],
  ])('of a bridge is degraded-carrier with one port %s', (_, changes) => {
    expect(carrier(bridge, port(2), port(3, changes))).toBe('degraded-carrier');
  });

  test('is degraded-carrier all the way up: a bond that lacks one port is itself a port that lacks something', () => {
    const bond = port(5, { kind: 'bond' });
    expect(carrier(bridge, bond, eth0({ ifindex: 6, master: 5, ...dead }))).toBe('degraded-carrier');
    expect(carrier(bond, eth0({ ifindex: 6, master: 5 }))).toBe('enslaved');
  });

  test('of masters in a circle, seen half-way through a change, is still one of the values', () => {
    expect(carrier(eth0({ master: 3 }), eth0({ master: 3 }), eth0({ ifindex: 3, master: 2 }))).toBe('enslaved');
  });
});

describe('address states', () => {
  const states = (...addresses: readonly Address[]): readonly (string | undefined)[] =>
    ['AddressState', 'IPv4AddressState', 'IPv6AddressState'].map(name => stateOf(name, eth0(), addresses));

  test.each<[string, readonly Address[], readonly string[]]>([
    ['no address', [], ['off', 'off', 'off']],
    ['a global one', [address(scopes.universe)], ['routable', 'routable', 'off']],
    ['one of a scope of the administrator’s', [address(100)], ['routable', 'routable', 'off']],
    ['a site-local one', [ipv6(scopes.site)], ['degraded', 'off', 'degraded']],
    ['a link-local one', [ipv6(scopes.link)], ['degraded', 'off', 'degraded']],
    ['one of this host only', [address(scopes.host)], ['off', 'off', 'off']],
    ['the widest counts', [ipv6(scopes.link), ipv6(scopes.universe)], ['routable', 'off', 'routable']],
    ['each family for itself', [address(scopes.universe), ipv6(scopes.link)], ['routable', 'routable', 'degraded']],
    ['a tentative one is none', [ipv6(scopes.universe, 0xc0)], ['off', 'off', 'off']],
    ['a duplicate is none (the kernel leaves it tentative)', [ipv6(scopes.universe, 0xc8)], ['off', 'off', 'off']],
    ['an optimistic one is none yet', [ipv6(scopes.universe, 0x44)], ['off', 'off', 'off']],
    ['a deprecated one counts', [ipv6(scopes.universe, 0xa0)], ['routable', 'off', 'routable']],
  ])('%s', (_, addresses, expected) => {
    expect(states(...addresses)).toEqual(expected);
  });
});

describe('OperationalState', () => {
  const bridge = eth0({ ifindex: 9, kind: 'bridge' });
  const deadPort = eth0({ ifindex: 3, master: 9, flags: UP, operState: oper.down });
  const withState: Readonly<Record<string, Link>> = {
    off: eth0({ flags: 0, operState: oper.down }),
    'no-carrier': eth0({ flags: UP, operState: oper.down }),
    dormant: eth0({ operState: oper.dormant }),
    'degraded-carrier': bridge,
    carrier: eth0(),
    enslaved: eth0({ master: 9 }),
  };
  const none: readonly Address[] = [];
  test.each([
    ['off', 'off', 'off', 'off'],
    ['no-carrier', 'no-carrier', 'no-carrier', 'no-carrier'],
    ['dormant', 'dormant', 'dormant', 'dormant'],
    ['degraded-carrier', 'degraded-carrier', 'degraded', 'routable'],
    ['carrier', 'carrier', 'degraded', 'routable'],
    ['enslaved', 'enslaved', 'enslaved', 'routable'],
  ])('with CarrierState=%s: %s without address, %s, %s', (state, off, degraded, routable) => {
    const one = withState[state] ?? eth0();
    expect(stateOf('CarrierState', one, none, [deadPort])).toBe(state);
    const found = [none, [ipv6(scopes.link)], [address(scopes.universe)]].map(addresses =>
      stateOf('OperationalState', one, addresses, [deadPort]),
    );
    expect(found).toEqual([off, degraded, routable]);
  });

  test('is not touched by what is tentative', () => {
    expect(operational(eth0(), ipv6(scopes.universe, 0xc0))).toBe('carrier');
  });
});

test('what only networkd knows is not derived', () => {
  expect(Object.keys(derivedStates(eth0(), [], () => []))).toEqual([
    'CarrierState',
    'AddressState',
    'IPv4AddressState',
    'IPv6AddressState',
    'OperationalState',
  ]);
});
