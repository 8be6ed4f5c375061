import { describe, expect, test } from '@jest/globals';
import { leaseDetails } from '../../../../src/sinks/link-json/lease-details.js';
import { lease } from '../../../../src/testing/builders.js';

describe('what leases tell of a link', () => {
  test('IPv4 and IPv6 together, each server and domain once', () => {
    const four = lease('192.0.2.5', {
      dns: ['192.0.2.1'],
      domain: 'lab.example',
      search: ['corp.example', 'lab.example'],
      options: new Map([['ntp-servers', '192.0.2.9,192.0.2.10']]),
    });
    const six = lease('2001:db8::5', {
      dns: ['2001:db8::1', '192.0.2.1'],
      search: ['lab.example'],
      options: new Map([['dhcp6.sntp-servers', '2001:db8::9']]),
    });
    expect(leaseDetails([four, six])).toEqual({
      dns: ['192.0.2.1', '2001:db8::1'],
      ntp: ['192.0.2.9', '192.0.2.10', '2001:db8::9'],
      searchDomains: ['lab.example', 'corp.example'],
    });
  });

  test("what can be no address or domain is left out: the values are a server's", () => {
    const one = lease('192.0.2.5', {
      domain: 'bad\u001bdomain',
      search: ['$(reboot)', 'good.example'],
      options: new Map([['ntp-servers', '192.0.2.9 $(reboot)\n;x']]),
    });
    expect(leaseDetails([one])).toEqual({ dns: [], ntp: ['192.0.2.9'], searchDomains: ['good.example'] });
  });

  test('no lease tells nothing', () => {
    expect(leaseDetails([])).toEqual({ dns: [], ntp: [], searchDomains: [] });
  });
});
