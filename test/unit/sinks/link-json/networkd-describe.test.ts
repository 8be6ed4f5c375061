import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseLinkDescription } from '../../../../src/sinks/link-json/networkd-describe.js';

const fixture = (name: string): unknown => JSON.parse(readFileSync(`test/fixtures/${name}`, 'utf8'));
const linkOf = (name: string, nth: number): string =>
  JSON.stringify((fixture(name) as { Interfaces: readonly unknown[] }).Interfaces[nth]);

const nothing = {
  type: '',
  driver: '',
  vendor: '',
  model: '',
  path: '',
  linkFile: '',
  networkFile: '',
  dns: [],
  ntp: [],
  searchDomains: [],
  routeDomains: [],
};
const routable = {
  ...nothing,
  type: 'ether',
  driver: 'veth',
  networkFile: '/etc/systemd/network/10-eth.network',
  dns: ['10.77.0.1', 'fd77::1'],
  ntp: ['10.77.0.1'],
  searchDomains: ['lab.example', 'corp.example'],
};

describe("networkd's description of a link", () => {
  test.each(['manager-describe-252.json', 'networkctl-252.json'])(
    'of 252 (%s): addresses in bytes, each domain once',
    name => {
      expect(parseLinkDescription(linkOf(name, 1))).toEqual(routable);
    },
  );

  test('of 252: the loopback has a type and nothing else', () => {
    expect(parseLinkDescription(linkOf('manager-describe-252.json', 0))).toEqual({ ...nothing, type: 'loopback' });
  });

  test('of 257, as it came over the bus', () => {
    const { data } = fixture('link-describe-257.json') as { data: readonly unknown[] };
    expect(parseLinkDescription(data[0])).toEqual({ ...routable, dns: ['10.77.1.1'], ntp: ['10.77.1.1'] });
  });

  test('servers by name, addresses as text, domains as text: shapes that another version may have', () => {
    const text = JSON.stringify({
      DNS: ['192.0.2.1', { Address: '2001:db8::1' }, [192, 0, 2, 2]],
      NTP: [{ Server: 'ntp.example' }],
      SearchDomains: ['a.example', { Domain: 'b.example' }],
      RouteDomains: [{ Domain: 'corp.example' }],
    });
    expect(parseLinkDescription(text)).toEqual({
      ...nothing,
      dns: ['192.0.2.1', '2001:db8::1', '192.0.2.2'],
      ntp: ['ntp.example'],
      searchDomains: ['a.example', 'b.example'],
      routeDomains: ['corp.example'],
    });
  });

  test('shapes that nobody knows are as good as missing', () => {
    const text = JSON.stringify({
      Type: 7,
      Driver: null,
      NetworkFile: ['x'],
      DNS: { Address: [1, 2, 3, 4] },
      NTP: [{ Address: [1, 2, 3] }, { Address: [1, 2, 3, 256] }, { Address: ['a'] }, 7, null, {}],
      SearchDomains: [{ Domain: 7 }],
    });
    expect(parseLinkDescription(text)).toEqual(nothing);
  });

  test.each(['', 'null', '[]', '7', '{', undefined, 7])('%j is no description', reply => {
    expect(parseLinkDescription(reply)).toBeUndefined();
  });

  test('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.json(), text => void parseLinkDescription(`{"DNS":[${text}],"NTP":${text},"Type":${text}}`)),
    );
  });
});
