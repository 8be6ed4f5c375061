import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { netifLinkFileOf, parseNetifLink } from '../../../../src/world/networkd/netif-link.js';

const nothing = { states: {}, details: { networkFile: '', dns: [], ntp: [], searchDomains: [], routeDomains: [] } };

describe("networkd's state file of a link", () => {
  test('a captured one: network file, servers, each domain once', () => {
    expect(parseNetifLink(readFileSync('test/fixtures/run-systemd-netif/links/2', 'utf8'))).toEqual({
      states: {
        AdministrativeState: 'configured',
        OperationalState: 'routable',
        CarrierState: 'carrier',
        AddressState: 'routable',
        IPv4AddressState: 'routable',
        IPv6AddressState: 'routable',
        OnlineState: 'online',
      },
      details: {
        networkFile: '/etc/systemd/network/10-eth.network',
        dns: ['10.77.0.1', 'fd77::1'],
        ntp: ['10.77.0.1'],
        searchDomains: ['lab.example', 'corp.example'],
        routeDomains: [],
      },
    });
  });

  test('that of a link which networkd leaves alone has nothing but its states', () => {
    const { states, details } = parseNetifLink(readFileSync('test/fixtures/run-systemd-netif/links/1', 'utf8'));
    expect(details).toEqual(nothing.details);
    expect(states).toMatchObject({ AdministrativeState: 'unmanaged', OperationalState: 'carrier' });
  });

  test.each(['', '#DNS=192.0.2.1', 'DNS', 'dns=192.0.2.1', 'ROUTE_DOMAINS=\n'])('%j says nothing', text => {
    expect(parseNetifLink(text)).toEqual(nothing);
  });

  test('of a DNS server only the address counts, without port, link and name', () => {
    const servers =
      '192.0.2.1 192.0.2.2:5353 192.0.2.3#dns.example fe80::1%eth0 [2001:DB8::0:1]:53%eth0#dns.example 192.0.2.1 what';
    expect(parseNetifLink(`DNS=${servers}`).details.dns).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
      'fe80::1',
      '2001:db8::1',
    ]);
  });

  test('its file is named by ifindex', () => {
    expect(netifLinkFileOf(12)).toBe('/run/systemd/netif/links/12');
  });
});
