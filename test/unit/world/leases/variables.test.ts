import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { networkdLease4, networkdLease6 } from '../../../../src/world/networkd/netif-lease.js';
import { parseLeases } from '../../../../src/sources/dhclient/lease-file.js';
import { domainName } from '../../../../src/model/names/domain-name.js';
import { dnsServers, hostName, refusals, searchDomains } from '../../../../src/world/leases/usable-values.js';
import { dhclientVariables, leaseText, leaseVariables } from '../../../../src/world/leases/variables.js';
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
    expect(dhclientVariables(whole)).toEqual({ DNS: '192.0.2.1,192.0.2.2', DOMAIN: 'lab.example' });
  });

  test('names the prefixes of IPv6', () => {
    const pd = lease('::', { addresses: [], prefixes: ['2001:db8:1ff::/56', '2001:db8:2ff::/56'] });
    expect(leaseText('dhclient', pd)).toBe('PREFIX=2001:db8:1ff::/56,2001:db8:2ff::/56');
  });

  test('leaves out what the lease does not say', () => {
    expect(leaseText('dhclient', lease('2001:db8::5'))).toBe('ADDRESS=2001:db8::5');
    expect(dhclientVariables(lease('2001:db8::5'))).toEqual({});
  });

  test('of networkd it is the lines of its file, without control characters', () => {
    const options = new Map([['ADDRESS', '192.0.2.5'], ['HOSTNAME', 'a\u001b[31m\u2028b']]); // prettier-ignore
    expect(leaseText('systemd-networkd', { ...whole, options })).toBe('ADDRESS=192.0.2.5 HOSTNAME=a[31mb');
  });
});

describe('one variable a value', () => {
  const asked = { now: 1_795_478_800_000, sinceBoot: 7_430_000 };
  const said = 'option dhcp-lease-time 120; option ntp-servers 192.0.2.123, x, 192.0.2.124; option interface-mtu 1400;';
  const dhclient = `lease { interface "eth0"; fixed-address 192.0.2.5; ${said}
    option subnet-mask 255.255.255.0; option broadcast-address 192.0.2.255; option routers 192.0.2.1, 192.0.2.2;
    option dhcp-server-identifier 192.0.2.67; option domain-name-servers 192.0.2.53, 0.0.0.0, 192.0.2.54;
    option domain-name "lab.example."; option domain-search "a.example.", "b.example."; option host-name "lab-host.";
    option unknown-121 18:a:9:8:c0:0:2:2:0:c0:0:2:1; renew epoch 100; rebind epoch 110; expire epoch 120; }`;
  const whole = {
    DHCP_ADDRESS: '192.0.2.5',
    DHCP_NETMASK: '255.255.255.0',
    DHCP_BROADCAST: '192.0.2.255',
    DHCP_ROUTER: '192.0.2.1',
    DHCP_ROUTES: '10.9.8.0/24,192.0.2.2 0.0.0.0/0,192.0.2.1',
    DHCP_DNS: '192.0.2.53 192.0.2.54',
    DHCP_NTP: '192.0.2.123 192.0.2.124',
    DHCP_DOMAIN: 'lab.example',
    DHCP_SEARCH: 'a.example b.example',
    DHCP_HOSTNAME: 'lab-host',
    DHCP_MTU: '1400',
    DHCP_SERVER: '192.0.2.67',
    DHCP_LIFETIME: '120',
  };

  test('is told of dhclient’s lease and of systemd-networkd’s alike', () => {
    const file = `# This is private data. Do not parse.
      ADDRESS=192.0.2.5\nNETMASK=255.255.255.0\nROUTER=192.0.2.9\nSERVER_ADDRESS=192.0.2.67\nBROADCAST=192.0.2.255\nMTU=1400
      T1=1min\nT2=1min 45s\nLIFETIME=2min\nDNS=192.0.2.53 192.0.2.54\nNTP=192.0.2.123 192.0.2.124\nDOMAINNAME=lab.example
      DOMAIN_SEARCH_LIST=a.example b.example\nHOSTNAME=lab-host\nCLASSLESS_ROUTES=10.9.8.0/24,192.0.2.2 0.0.0.0/0,192.0.2.1\n`;
    expect(leaseVariables(parseLeases(dhclient, 0).leases[0]!)).toEqual(whole);
    expect(leaseVariables(networkdLease4('eth0', file)[0]!)).toEqual(whole);
  });

  test('is told of IPv6 and of prefixes', () => {
    const text = `lease6 { interface "eth0"; ia-na 1 { starts 100; renew 50; rebind 80; iaaddr 2001:db8::5 { starts 100; max-life 90; } }
      ia-pd 2 { starts 100; renew 50; rebind 80; iaprefix 2001:db8:1ff::/56 { starts 100; max-life 90; } }
      option dhcp6.server-id 0:1:0:a; option dhcp6.name-servers fd77::53; option dhcp6.sntp-servers fd77::123;
      option dhcp6.domain-search "six.example."; }`;
    const six = {
      DHCP_ADDRESS: '2001:db8::5',
      DHCP_DNS: 'fd77::53',
      DHCP_NTP: 'fd77::123',
      DHCP_SEARCH: 'six.example',
      DHCP_LIFETIME: '90',
    };
    expect(leaseVariables(parseLeases(text, 0).leases[0]!)).toEqual({
      ...six,
      DHCP_PREFIX: '2001:db8:1ff::/56',
      DHCP_SERVER: '0:1:0:a',
    });
    const brought = (more: object) => ({ ConfigSource: 'DHCPv6', ...more });
    const bytes = (last: number) => [0xfd, 0x77, ...Array<number>(12).fill(0), last >> 8, last & 255];
    const described = JSON.stringify({
      Addresses: [brought({ Address: bytes(5), ValidLifetimeUSec: (asked.sinceBoot + 90_000) * 1000 })],
      DNS: [brought({ Address: bytes(0x53) })],
      NTP: [brought({ Address: bytes(0x123) })],
      SearchDomains: [brought({ Domain: 'six.example' })],
    });
    const [lease] = networkdLease6('eth0', described, asked);
    expect(leaseVariables(lease!)).toEqual({ ...six, DHCP_ADDRESS: 'fd77::5' });
  });

  test.each([
    ['120', '120'],
    ['1w 2d 3h 4min 5s', '788645'],
    ['1y 1month', '34187400'],
    ['infinity', '4294967295'],
    ['4294967295', '4294967295'],
    ['soon', undefined],
    ['', undefined],
  ])('a lifetime of networkd’s, %j, is %s seconds', (text, seconds) => {
    const [lease] = networkdLease4('eth0', `ADDRESS=192.0.2.5\nLIFETIME=${text}\n`);
    expect(leaseVariables(lease!).DHCP_LIFETIME).toBe(seconds);
  });

  test('a lease without an end lasts as long as DHCP can say', () => {
    expect(leaseVariables(lease('192.0.2.5', { expire: 'never' })).DHCP_LIFETIME).toBe('4294967295');
  });

  test('is left out if it is none, and none of it can do harm', () => {
    const evil = new Map([
      ['ntp-servers', '$(id)'], ['NTP', 'a;b'], ['broadcast-address', 'x y'], ['interface-mtu', '1 2'], ['MTU', '-1'],
      ['dhcp-lease-time', '`id`'],
    ]); // prettier-ignore
    const bad = lease('192.0.2.5', {
      server: '$(id)', subnetMask: '\n', domain: 'a,b', search: ['../x'], hostname: '-', options: evil,
    }); // prettier-ignore
    expect(leaseVariables(bad)).toEqual({ DHCP_ADDRESS: '192.0.2.5' });
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
