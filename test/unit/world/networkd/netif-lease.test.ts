import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { networkdLease4, networkdLease6 } from '../../../../src/world/networkd/netif-lease.js';

const fixture = (name: string): string => readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url), 'utf8');
const moment = { now: 1_795_478_800_000, sinceBoot: 7_430_000 };

describe('the leases of systemd-networkd', () => {
  test('IPv4: what the lease file says, which ends with its address', () => {
    const ends = new Map([
      ['10.77.1.138', 7],
      ['10.77.1.139', 8],
    ]);
    const [lease, ...others] = networkdLease4('eth1', fixture('lease-257'), ends);
    expect(others).toEqual([]);
    expect(lease).toMatchObject({
      family: 'ipv4',
      link: 'eth1',
      addresses: ['10.77.1.138'],
      server: '10.77.1.1',
      routers: ['10.77.1.1'],
      subnetMask: '255.255.255.0',
      dns: ['10.77.1.1'],
      domain: 'lab.example',
      search: ['lab.example', 'corp.example'],
      hostname: 'lab-t',
      expire: 7,
    });
    expect(lease?.options.get('T1')).toBe('1min');
  });

  test('the file of systemd 252 alone, where the kernel said no end: it has none', () => {
    const [lease] = networkdLease4('eth0', fixture('run-systemd-netif/leases/2'));
    expect(lease).toMatchObject({ addresses: ['10.77.0.102'], expire: 'never' });
  });

  test('classless routes count in place of the router, and their /0 is the router', () => {
    const read = (line: string) => {
      const [lease] = networkdLease4('eth0', `ADDRESS=192.0.2.5\nROUTER=192.0.2.1\n${line}\n`);
      return { routes: lease?.routes, routers: lease?.routers };
    };
    expect(read('CLASSLESS_ROUTES=10.9.8.0/24,192.0.2.2 0.0.0.0/0,192.0.2.254')).toEqual({
      routes: ['10.9.8.0/24,192.0.2.2', '0.0.0.0/0,192.0.2.254'],
      routers: ['192.0.2.254'],
    });
    expect(read('CLASSLESS_ROUTES=10.9.8.0/24,0.0.0.0')).toEqual({ routes: ['10.9.8.0/24,0.0.0.0'], routers: [] });
    const none = { routes: [], routers: ['192.0.2.1'] };
    expect(read('STATIC_ROUTES=10.0.0.0/8,192.0.2.2')).toEqual(none);
    expect(read('CLASSLESS_ROUTES=x,y 10.0.0.0/33,192.0.2.1')).toEqual(none);
  });

  test('IPv6: what the DHCPv6 client has brought, and nothing else', () => {
    const six = {
      Addresses: [
        {
          Family: 10,
          Address: [0xfd, 0x77, ...Array<number>(12).fill(0), 1, 0xc6],
          ConfigSource: 'DHCPv6',
          ValidLifetimeUSec: 7_490_000_000,
        },
        { Family: 10, Address: [0xfe, 0x80, ...Array<number>(13).fill(0), 1], ConfigSource: 'foreign' },
        { Address: 'nonsense', ConfigSource: 'DHCPv6' },
      ],
      DNS: [{ Family: 10, Address: [0xfd, 0x77, ...Array<number>(13).fill(0), 0x53], ConfigSource: 'DHCPv6' }],
      SearchDomains: [
        { Domain: 'six.example', ConfigSource: 'DHCPv6' },
        { Domain: 'ra.example', ConfigSource: 'NDisc' },
      ],
    };
    const [lease, ...others] = networkdLease6('eth0', JSON.stringify(six), moment);
    expect(others).toEqual([]);
    expect(lease).toMatchObject({
      family: 'ipv6',
      addresses: ['fd77::1c6'],
      dns: ['fd77::53'],
      search: ['six.example'],
      expire: moment.now + 60_000,
    });
    expect([...(lease?.options ?? [])]).toEqual([
      ['ADDRESS', 'fd77::1c6'],
      ['DNS', 'fd77::53'],
      ['DOMAIN_SEARCH_LIST', 'six.example'],
      ['LIFETIME', '60'],
    ]);
  });

  test('systemd 252 spells the end of a lifetime in its own way', () => {
    const address = { Address: [0xfd, ...Array<number>(15).fill(1)], ConfigSource: 'DHCPv6' };
    const old = { Addresses: [{ ...address, ValidLifetimeUsec: 7_440_000_000 }] };
    const [lease] = networkdLease6('eth0', JSON.stringify(old), moment);
    expect(lease?.expire).toBe(moment.now + 10_000);
  });

  test('IPv6: the prefixes that are delegated, also without an address', () => {
    const prefix = (last: number, more: object = {}) => ({
      Prefix: [0x20, 1, 0xd, 0xb8, 1, last, ...Array<number>(10).fill(0)],
      PrefixLength: 56,
      ValidLifetimeUSec: 7_490_000_000,
      ...more,
    });
    const read = (...prefixes: readonly object[]) =>
      networkdLease6('eth0', JSON.stringify({ DHCPv6Client: { Prefixes: prefixes } }), moment);
    const [lease, ...others] = read(
      prefix(0xff),
      prefix(0xfe),
      prefix(1, { PrefixLength: 129 }),
      prefix(1, { Prefix: [] }),
    );
    expect(others).toEqual([]);
    expect(lease).toMatchObject({
      family: 'ipv6',
      addresses: [],
      prefixes: ['2001:db8:1fe::/56', '2001:db8:1ff::/56'],
      expire: moment.now + 60_000,
    });
    expect(lease?.options.get('PREFIX')).toBe('2001:db8:1fe::/56 2001:db8:1ff::/56');
    expect(read()).toEqual([]);
  });

  test.each(['', '[]', 'null', '{', '{"Addresses": {}}', '{"Addresses": [null, 3]}'])(
    'Describe that says %j tells of no lease',
    text => {
      expect(networkdLease6('eth0', text, moment)).toEqual([]);
    },
  );

  test('a lease file without an address tells of none', () => {
    expect(networkdLease4('eth0', '# private\nNETMASK=255.0.0.0\n')).toEqual([]);
  });
});
