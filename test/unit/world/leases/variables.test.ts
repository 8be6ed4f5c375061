import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseLeases } from '../../../../src/sources/dhclient/lease-file.js';
import {
  domainName,
  hostName,
  leaseText,
  leaseVariables,
  searchDomains,
} from '../../../../src/world/leases/variables.js';
import { lease } from '../../../../src/testing/builders.js';

const label63 = 'a'.repeat(63);

describe('names', () => {
  test.each(['lab.example', 'a', '_srv.x-y.example', 'xn--bcher-kva.example', label63, '10.in-addr.arpa'])(
    '%s is a domain name, with and without its last dot',
    name => {
      expect(domainName(name)).toBe(name);
      expect(domainName(`${name}.`)).toBe(name);
    },
  );

  test.each([
    '', '.', '..', 'a..b', '.a', 'a..', '-a.b', 'a-.b', 'a b', 'a,b', 'a\nb', 'a\0b', '$(id)', '../../etc', 'a/b', 'bücher.example',
    'a;b', 'a=b', '"', `${label63}a`, 'a'.repeat(255), `${label63}.${label63}.${label63}.${label63}`,
  ])('%j is no domain name', name => expect(domainName(name)).toBeUndefined()); // prettier-ignore

  test('a host name has 64 characters at most, and is not localhost', () => {
    expect(hostName('lab-dh.example')).toBe('lab-dh.example');
    expect(hostName(label63)).toBe(label63);
    for (const bad of [`${label63}.a`, 'localhost', 'localhost.localdomain', 'a_b', 'a.', '', '-a'])
      expect(hostName(bad)).toBeUndefined();
  });

  test('search domains: the link’s own first, each once', () => {
    const both = lease('192.0.2.5', { domain: 'a.example b.example', search: ['c.example.', 'a.example.', 'no/name'] });
    expect(searchDomains(both)).toEqual(['a.example', 'b.example', 'c.example']);
    const partly = lease('192.0.2.5', { domain: 'a.example $(id)', search: ['c.example'] });
    expect(searchDomains(partly)).toEqual(['c.example']);
  });
});

describe('DHCP_LEASE', () => {
  const whole = lease('192.0.2.5', {
    dns: ['192.0.2.1', '192.0.2.2'],
    routers: ['192.0.2.254'],
    subnetMask: '255.255.255.0',
    domain: 'lab.example.',
  });

  test('has the form that scripts know', () => {
    expect(leaseText('dhclient', whole)).toBe(
      'ADDRESS=192.0.2.5,DNS=192.0.2.1,192.0.2.2,ROUTER=192.0.2.254,SUBNETMASK=255.255.255.0,DOMAIN=lab.example',
    );
    expect(leaseVariables(whole)).toEqual({ DNS: '192.0.2.1,192.0.2.2', DOMAIN: 'lab.example' });
  });

  test('leaves out what the lease does not say', () => {
    expect(leaseText('dhclient', lease('2001:db8::5'))).toBe('ADDRESS=2001:db8::5');
    expect(leaseVariables(lease('2001:db8::5'))).toEqual({});
  });

  test('of networkd it is the lines of its file, without control characters', () => {
    const options = new Map([['ADDRESS', '192.0.2.5'], ['HOSTNAME', 'a\u001b[31m\u2028b']]); // prettier-ignore
    expect(leaseText('systemd-networkd', { ...whole, options })).toBe('ADDRESS=192.0.2.5 HOSTNAME=a[31mb');
  });
});

test('whatever a hostile server sends, only what is clean reaches scripts', () => {
  const evil = fc.oneof(
    fc.constantFrom(
      '\n',
      '$(id)',
      '\0',
      '../',
      ',ROUTER=6.6.6.6',
      ' DNS=6.6.6.6',
      '";',
      '} lease {',
      'ü',
      'x'.repeat(65_536),
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  /** As dhclient quotes what it received. */
  const quoted = (text: string): string =>
    [...new TextEncoder().encode(text)]
      .map(byte => (byte >= 48 && byte < 58 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`))
      .join('');
  fc.assert(
    fc.property(evil, evil, evil, (domain, search, host) => {
      const text = `lease { interface "eth0"; fixed-address 192.0.2.5;
        option domain-name "${quoted(domain)}"; option domain-search "${quoted(search)}", "b.example.";
        option host-name "${quoted(host)}"; option domain-name-servers 192.0.2.1; expire never; }`;
      const { leases, unreadable } = parseLeases(text, 0);
      expect(unreadable).toEqual([]);
      const [one] = leases;
      expect([one?.domain, one?.search[0], one?.hostname].map(value => value ?? '')).toEqual(
        [domain, search, host].map(value => new TextDecoder().decode(new TextEncoder().encode(value))),
      );
      expect(leaseText('dhclient', one!)).toMatch(
        /^ADDRESS=192\.0\.2\.5,DNS=192\.0\.2\.1(,DOMAIN=[A-Za-z0-9_.-]+( [A-Za-z0-9_.-]+)*)?$/,
      );
      for (const name of [...searchDomains(one!), hostName(one!.hostname) ?? 'none'])
        expect(name).toMatch(/^[A-Za-z0-9_.-]{1,253}$/);
    }),
    { numRuns: 300 },
  );
});
