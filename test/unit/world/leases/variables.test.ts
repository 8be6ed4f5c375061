import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseLeases } from '../../../../src/sources/dhclient/lease-file.js';
import { dnsServers, domainName, hostName, refusals, searchDomains } from '../../../../src/world/leases/values.js';
import { leaseText, leaseVariables } from '../../../../src/world/leases/variables.js';
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
    for (const bad of ['localhost', 'localhost.localdomain', 'localhost.', 'a_b', 'a..', '.', '', '-a', `${label63}.-`])
      expect(hostName(bad)).toBeUndefined();
  });

  test('of a host name one last dot goes, and of one that is too long its first label stays', () => {
    expect(hostName('lab-dh.example.')).toBe('lab-dh.example');
    expect(hostName(`${label63}.`)).toBe(label63);
    expect(hostName(`host.${label63}.example`)).toBe('host');
    expect(hostName(`${label63}a.example`)).toBeUndefined();
  });

  test('DNS servers are other hosts: no resolver takes 0.0.0.0, ::, or its own stub', () => {
    const dns = ['0.0.0.0', '192.0.2.1', '::', '127.0.0.53', '127.0.0.54', '2001:db8::1', '127.0.0.1'];
    expect(dnsServers(lease('192.0.2.5', { dns }))).toEqual(['192.0.2.1', '2001:db8::1', '127.0.0.1']);
  });

  test('what is refused is told with its value', () => {
    const one = lease('192.0.2.5', {
      dns: ['0.0.0.0', '192.0.2.1'],
      domain: 'a.example,b.example',
      search: ['c.example.', 'no/name'],
      hostname: 'a_b',
    });
    expect(refusals(one)).toEqual([
      'the host name "a_b": expected letters, digits and - between dots, and not localhost',
      'the domain "a.example,b.example": expected domain names, separated by spaces',
      'the search domain "no/name": expected a domain name',
      'the DNS server "0.0.0.0": expected the address of a host',
    ]);
    expect(refusals(lease('192.0.2.5', { hostname: 'localhost', domain: `${'x'.repeat(300)}\n` }))).toEqual([
      'the host name "localhost": expected letters, digits and - between dots, and not localhost',
      `the domain "${'x'.repeat(60)}…": expected domain names, separated by spaces`,
    ]);
    expect(refusals(lease('192.0.2.5', { domain: 'a.example b.example.' }))).toEqual([]);
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
