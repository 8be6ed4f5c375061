import { describe, expect, test } from '@jest/globals';
import type { Config, LinkSettings } from '../../../../src/model/config.js';
import type { Lease } from '../../../../src/model/lease.js';
import type { World } from '../../../../src/model/world.js';
import { dnsActions, dnsText, type LinkDns, type Via, wantedDns } from '../../../../src/sinks/dns/desired.js';
import { wantedHostname } from '../../../../src/sinks/hostname/desired.js';
import { bound, config, lease, link, world } from '../../../../src/testing/builders.js';

const four = lease('192.0.2.5', { dns: ['192.0.2.1'], domain: 'a.example', search: ['b.example.'], hostname: 'one' });
const six = lease('2001:db8::5', { dns: ['2001:db8::1', '2001:db8::2'], search: ['c.example.', 'b.example.'] });
const other = lease('198.51.100.5', { dns: ['198.51.100.1'], hostname: 'two' });

const inWorld = (network: Parameters<typeof config>[0], ...leases: readonly (readonly [number, Lease])[]): World =>
  world([], config(network), { leases: { bound: bound(...leases) } });
const shown = (links: ReadonlyMap<number, LinkDns>): readonly string[] =>
  [...links].map(([ifindex, { servers, domains }]) => `${ifindex}: ${servers.join(' ')} | ${domains.join(' ')}`);

describe('wantedDns', () => {
  test('each link has what its own leases say, both families together', () => {
    const both = inWorld({ network: { useDns: true, useDomain: true } }, [2, four], [2, six], [3, other]);
    expect(shown(wantedDns(both))).toEqual([
      '2: 192.0.2.1 2001:db8::1 2001:db8::2 | a.example b.example c.example',
      '3: 198.51.100.1 | ',
    ]);
  });

  test('only what UseDNS and UseDomain ask for', () => {
    expect(shown(wantedDns(inWorld({ network: { useDns: true } }, [2, four])))).toEqual(['2: 192.0.2.1 | ']);
    expect(shown(wantedDns(inWorld({ network: { useDomain: true } }, [2, four], [3, other])))).toEqual([
      '2:  | a.example b.example',
    ]);
    expect(shown(wantedDns(inWorld({}, [2, four])))).toEqual([]);
  });

  test('a server makes no domain routing-only: what begins with ~ is no name', () => {
    const sly = lease('192.0.2.5', { domain: '~corp.example', search: ['~.', '~b.example', 'c.example'] });
    expect(shown(wantedDns(inWorld({ network: { useDomain: true } }, [2, sly])))).toEqual(['2:  | c.example']);
  });

  test('nothing of systemd-networkd’s leases: it tells resolved itself', () => {
    const ofNetworkd = [...bound([2, four])].map(
      ([key, one]) => [key, { ...one, origin: 'systemd-networkd' as const }] as const,
    );
    const there = world([], config({ network: { useDns: true, useHostname: true } }), {
      leases: { bound: new Map(ofNetworkd) },
    });
    expect(shown(wantedDns(there))).toEqual([]);
    expect(wantedHostname(there)).toBeUndefined();
  });
});

describe('what [Link."…"] says of DNS', () => {
  const eth = [link(2, 'eth0'), link(3, 'eth1')];
  const of = (perLink: Config['perLink'], ...leases: readonly (readonly [number, Lease])[]) => [
    ...wantedDns(world(eth, config({ network: { useDns: true }, perLink }), { leases: { bound: bound(...leases) } })),
  ];
  const table = (changes: Partial<LinkSettings>): LinkSettings => ({
    patterns: ['eth0'],
    gateway: undefined,
    domains: undefined,
    dnsDefaultRoute: undefined,
    ...changes,
  });

  test('is said of links with a lease that passes something on', () => {
    const settings = [table({ dnsDefaultRoute: false, domains: ['~corp.example', 'a.example'] })];
    expect(of(settings, [2, four], [3, other])).toEqual([
      [2, { servers: ['192.0.2.1'], domains: ['~corp.example', 'a.example'], defaultRoute: ['no'] }],
      [3, { servers: ['198.51.100.1'], domains: [], defaultRoute: [] }],
    ]);
    expect(of(settings, [3, other])).toHaveLength(1);
    expect(of(settings, [2, { ...four, dns: [] }])).toEqual([]);
  });
});

describe('dnsActions', () => {
  const plan = (via: Via, before: LinkDns | undefined, after: LinkDns | undefined): readonly string[] =>
    dnsActions(via, 2, before, after).map(dnsText);
  const rest = { defaultRoute: [] };
  const a: LinkDns = { servers: ['192.0.2.1'], domains: ['a.example'], ...rest };
  const b: LinkDns = { servers: ['192.0.2.9'], domains: ['a.example'], ...rest };
  const c: LinkDns = { servers: ['192.0.2.1'], domains: [], ...rest };
  const d: LinkDns = { ...a, domains: ['~corp.example'], defaultRoute: ['no'] };

  test('the default route is set and given back: resolved has no way to unset it, and true is what it has by itself', () => {
    expect(plan('resolved', undefined, d)).toEqual([
      'DNS servers of link 2: 192.0.2.1',
      'DNS domains of link 2: ~corp.example',
      'DNS default route of link 2: no',
    ]);
    expect(plan('resolved', d, { ...d, defaultRoute: ['yes'] })).toEqual(['DNS default route of link 2: yes']);
    expect(plan('resolved', d, undefined)).toEqual([
      'DNS servers of link 2: withdrawn',
      'DNS domains of link 2: withdrawn',
      'DNS default route of link 2: withdrawn',
    ]);
    expect(plan('networkd', undefined, { ...a, defaultRoute: ['no'] })).toHaveLength(3);
    expect(plan('networkd', { ...a, defaultRoute: ['no'] }, a)).toEqual([
      'DNS settings of link 2: withdrawn',
      'DNS servers of link 2: 192.0.2.1',
      'DNS domains of link 2: a.example',
    ]);
  });

  test('resolved: what differs is set, what goes is set to nothing', () => {
    expect(plan('resolved', undefined, a)).toEqual([
      'DNS servers of link 2: 192.0.2.1',
      'DNS domains of link 2: a.example',
    ]);
    expect(plan('resolved', a, a)).toEqual([]);
    expect(plan('resolved', a, b)).toEqual(['DNS servers of link 2: 192.0.2.9']);
    expect(plan('resolved', a, c)).toEqual(['DNS domains of link 2: withdrawn']);
    expect(plan('resolved', a, undefined)).toEqual([
      'DNS servers of link 2: withdrawn',
      'DNS domains of link 2: withdrawn',
    ]);
    expect(plan('resolved', c, undefined)).toEqual(['DNS servers of link 2: withdrawn']);
  });

  test('networkd: what goes is reset, and what stays is set again', () => {
    expect(plan('networkd', undefined, a)).toEqual([
      'DNS servers of link 2: 192.0.2.1',
      'DNS domains of link 2: a.example',
    ]);
    expect(plan('networkd', a, b)).toEqual(['DNS servers of link 2: 192.0.2.9']);
    expect(plan('networkd', a, undefined)).toEqual(['DNS settings of link 2: withdrawn']);
    expect(plan('networkd', a, c)).toEqual(['DNS settings of link 2: withdrawn', 'DNS servers of link 2: 192.0.2.1']);
  });
});

describe('wantedHostname', () => {
  const use = { network: { useHostname: true } };

  test('is that of the lease that was bound first, and moves on when that goes', () => {
    expect(wantedHostname(inWorld(use, [2, four], [3, other]))).toBe('one');
    expect(wantedHostname(inWorld(use, [3, other]))).toBe('two');
    expect(wantedHostname(inWorld(use))).toBeUndefined();
  });

  test('skips names that are none', () => {
    expect(wantedHostname(inWorld(use, [2, { ...four, hostname: '../x' }], [3, other]))).toBe('two');
    expect(wantedHostname(inWorld(use, [2, { ...four, hostname: '' }]))).toBeUndefined();
  });

  test('is not wanted without UseHostname', () => {
    expect(wantedHostname(inWorld({}, [2, four]))).toBeUndefined();
  });
});
