import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Lease } from '../../../../../src/model/lease.js';
import type { LinkJson, RouteJson } from '../../../../../src/sinks/link-json/link-json.js';
import { networkManager } from '../../../../../src/sinks/scripts/styles/network-manager.js';
import {
  bound,
  config,
  lease,
  link,
  linkState,
  managerState,
  step,
  world,
} from '../../../../../src/testing/builders.js';

const eth0 = link(2, 'eth0');
const example = JSON.parse(readFileSync('test/fixtures/link-json-example.json', 'utf8')) as LinkJson;
const [anAddress] = example.Address;
const [aRoute] = example.Routes;
if (anAddress === undefined || aRoute === undefined) throw new Error('expected an example with an address and a route');

const at = (IP: string, Mask: number, Scope = 0): LinkJson['Address'][number] => ({ ...anAddress, IP, Mask, Scope });
const to = (text: string, Gw: string, Priority: number, more: Partial<RouteJson> = {}): RouteJson => {
  const [IP = '', mask] = text.split('/');
  return { ...aRoute, Dst: { IP, Mask: Number(mask) }, Gw, Priority, Type: 1, MultiPath: '', ...more };
};
const bare: LinkJson = {
  ...example,
  Address: [],
  Routes: [],
  DNS: [],
  Domains: null,
  DomainSearch: [],
  NetworkFile: '',
};

const variables = (
  given: Partial<LinkJson> | undefined,
  { action = 'up', leases = [] }: { readonly action?: string; readonly leases?: readonly Lease[] } = {},
): readonly string[] => {
  const lease6 = leases.filter(({ family }) => family === 'ipv6').map(one => [2, one] as const);
  const here = world([eth0], config(), { leases: { bound: bound(...lease6) } });
  const all = networkManager.variables?.(
    {
      step: step(1, linkState(eth0, { OperationalState: 'routable' }), here),
      link: given && { ...bare, ...given },
      lease4: leases.find(({ family }) => family === 'ipv4'),
    },
    { directory: '', args: ['eth0', action] },
  );
  return Object.entries(all ?? {}).map(([name, value]) => `${name}=${value}`);
};
const named = ['NM_DISPATCHER_ACTION=up', 'DEVICE_IFACE=eth0', 'DEVICE_IP_IFACE=eth0'];

describe('variables of NetworkManager’s scripts', () => {
  test('addresses with their router, routes without the default one, servers by family, link-local addresses last', () => {
    expect(
      variables({
        NetworkFile: '/etc/systemd/network/10-lan.network',
        Address: [at('192.0.2.5', 24), at('fe80::5', 64, 253), at('2001:db8::5', 128)],
        Routes: [
          to('/0', '192.0.2.254', 2048),
          to('/0', '192.0.2.1', 1024),
          to('192.0.2.0/24', '', 0),
          to('198.51.100.0/24', '192.0.2.2', 1024),
          to('203.0.113.0/24', '', 0, { Type: 6 }),
          to('/0', 'fe80::1', 1024),
          to('2001:db8::/64', '', 256),
        ],
        DNS: ['192.0.2.53', '2001:db8::53', 'dns.example'],
        DomainSearch: ['lab.example', 'corp.example'],
      }),
    ).toEqual([
      ...named,
      'CONNECTION_ID=10-lan',
      'CONNECTION_FILENAME=/etc/systemd/network/10-lan.network',
      'IP4_ADDRESS_0=192.0.2.5/24 192.0.2.1',
      'IP4_NUM_ADDRESSES=1',
      'IP4_GATEWAY=192.0.2.1',
      'IP4_ROUTE_0=192.0.2.0/24 0.0.0.0 0',
      'IP4_ROUTE_1=198.51.100.0/24 192.0.2.2 1024',
      'IP4_NUM_ROUTES=2',
      'IP4_NAMESERVERS=192.0.2.53',
      'IP4_DOMAINS=lab.example corp.example',
      'IP6_ADDRESS_0=2001:db8::5/128 fe80::1',
      'IP6_ADDRESS_1=fe80::5/64 fe80::1',
      'IP6_NUM_ADDRESSES=2',
      'IP6_GATEWAY=fe80::1',
      'IP6_ROUTE_0=2001:db8::/64 :: 256',
      'IP6_NUM_ROUTES=1',
      'IP6_NAMESERVERS=2001:db8::53',
    ]);
  });

  test('without a router there is 0.0.0.0 in its place, of several legs that of the link counts, and only IPv4 counts to zero', () => {
    expect(variables({})).toEqual([...named, 'IP4_NUM_ROUTES=0']);
    expect(variables({ Address: [at('2001:db8::5', 64)] })).toEqual([
      ...named,
      'IP4_NUM_ROUTES=0',
      'IP6_ADDRESS_0=2001:db8::5/64 0.0.0.0',
      'IP6_NUM_ADDRESSES=1',
      'IP6_GATEWAY=0.0.0.0',
    ]);
    const MultiPath = `nexthop via 192.0.2.2 ifindex 99 weight 1 nexthop via 192.0.2.1 ifindex ${bare.Index} weight 1`;
    expect(variables({ Address: [at('192.0.2.5', 24)], Routes: [to('/0', '', 0, { MultiPath })] })).toContain(
      'IP4_GATEWAY=192.0.2.1',
    );
  });

  test('what a lease says under the names of dhclient’s options', () => {
    const lease4 = lease('192.0.2.5', {
      server: '192.0.2.1',
      routers: ['192.0.2.1', '192.0.2.2'],
      routes: ['0.0.0.0/0,192.0.2.1', '198.51.100.0/24,192.0.2.2'],
      subnetMask: '255.255.255.0',
      dns: ['192.0.2.53'],
      domain: 'lab.example',
      search: ['lab.example', 'corp.example'],
      hostname: 'host',
      expire: 1_795_967_819_400,
      options: new Map(
        Object.entries({
          ...{ BROADCAST: '192.0.2.255', NTP: '192.0.2.9', MTU: '1400', LIFETIME: '2min', NEXT_SERVER: '192.0.2.1' },
          CLIENTID: 'ff60864b1000',
        }),
      ),
    });
    const lease6 = lease('2001:db8::5', {
      dns: ['2001:db8::53'],
      search: ['six.example'],
      prefixes: ['2001:db8:1::/56'],
      options: new Map([['NTP', '2001:db8::9']]),
    });
    expect(
      variables({}, { leases: [lease4, lease6] })
        .filter(line => line.startsWith('DHCP'))
        .sort(),
    ).toEqual([
      'DHCP4_BROADCAST_ADDRESS=192.0.2.255',
      'DHCP4_DHCP_CLIENT_IDENTIFIER=ff:60:86:4b:10:00',
      'DHCP4_DHCP_LEASE_TIME=120',
      'DHCP4_DHCP_SERVER_IDENTIFIER=192.0.2.1',
      'DHCP4_DOMAIN_NAME=lab.example',
      'DHCP4_DOMAIN_NAME_SERVERS=192.0.2.53',
      'DHCP4_DOMAIN_SEARCH=lab.example corp.example',
      'DHCP4_EXPIRY=1795967819',
      'DHCP4_HOST_NAME=host',
      'DHCP4_INTERFACE_MTU=1400',
      'DHCP4_IP_ADDRESS=192.0.2.5',
      'DHCP4_NEXT_SERVER=192.0.2.1',
      'DHCP4_NTP_SERVERS=192.0.2.9',
      'DHCP4_REQUESTED_BROADCAST_ADDRESS=1',
      'DHCP4_REQUESTED_DOMAIN_NAME=1',
      'DHCP4_REQUESTED_DOMAIN_NAME_SERVERS=1',
      'DHCP4_REQUESTED_DOMAIN_SEARCH=1',
      'DHCP4_REQUESTED_HOST_NAME=1',
      'DHCP4_REQUESTED_INTERFACE_MTU=1',
      'DHCP4_REQUESTED_NTP_SERVERS=1',
      'DHCP4_REQUESTED_RFC3442_CLASSLESS_STATIC_ROUTES=1',
      'DHCP4_REQUESTED_ROUTERS=1',
      'DHCP4_REQUESTED_SUBNET_MASK=1',
      'DHCP4_RFC3442_CLASSLESS_STATIC_ROUTES=0.0.0.0/0 192.0.2.1 198.51.100.0/24 192.0.2.2',
      'DHCP4_ROUTERS=192.0.2.1 192.0.2.2',
      'DHCP4_SUBNET_MASK=255.255.255.0',
      'DHCP6_DHCP6_DOMAIN_SEARCH=six.example',
      'DHCP6_DHCP6_NAME_SERVERS=2001:db8::53',
      'DHCP6_DHCP6_NTP_SERVERS=2001:db8::9',
      'DHCP6_IP6_ADDRESS=2001:db8::5',
      'DHCP6_IP6_PREFIX=2001:db8:1::/56',
    ]);
  });

  test('a lease’s domain is the link’s, and nothing that a server sends can be more than a value', () => {
    const domain = (text: string): readonly string[] =>
      variables({ DomainSearch: ['own.example'] }, { leases: [lease('192.0.2.5', { domain: text })] }).filter(line =>
        line.includes('DOMAIN'),
      );
    expect(domain('lab.example')).toContain('IP4_DOMAINS=lab.example');
    expect(domain('$(reboot)')).toEqual(['IP4_DOMAINS=own.example']);
    expect(variables({ NetworkFile: '/etc/systemd/network/a\nPATH=x.network' })).toEqual([
      ...named,
      'IP4_NUM_ROUTES=0',
    ]);
  });

  test('a link that is down has its names alone, as NetworkManager’s has, and so has one that is gone', () => {
    const down = ['NM_DISPATCHER_ACTION=down', 'DEVICE_IFACE=eth0', 'DEVICE_IP_IFACE=eth0'];
    const NetworkFile = '/etc/systemd/network/eth0.network';
    expect(variables({ NetworkFile, Address: [at('192.0.2.5', 24)] }, { action: 'down' })).toEqual([
      ...[...down, 'CONNECTION_ID=eth0', `CONNECTION_FILENAME=${NetworkFile}`],
    ]);
    expect(variables(undefined, { action: 'down' })).toEqual(down);
  });

  test('connectivity is of no link', () => {
    const event = managerState({ OperationalState: 'routable' }, { OperationalState: 'degraded' });
    const given = { step: step(1, event), link: undefined, lease4: undefined };
    expect(networkManager.variables?.(given, { directory: '', args: ['', 'connectivity-change'] })).toEqual({
      NM_DISPATCHER_ACTION: 'connectivity-change',
      CONNECTIVITY_STATE: 'FULL',
    });
  });
});
