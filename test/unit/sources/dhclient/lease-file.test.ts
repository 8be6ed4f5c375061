import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Lease } from '../../../../src/model/lease.js';
import { type LeaseFile, parseLeases as parsedAt } from '../../../../src/sources/dhclient/lease-file.js';

const fixture = (name: string): string => readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url), 'utf8');
const at = (text: string): number => Date.parse(`${text}Z`);
/** As it is read after all that the files tell of. */
const parseLeases = (text: string, now = at('2026-11-24T00:00:00')): LeaseFile => parsedAt(text, now);

/** A whole lease, but for what is said. */
const lease4 = (lines = '', link = 'eth0', address = '192.0.2.5'): string =>
  `lease {\n  interface "${link}";\n  fixed-address ${address};\n${lines}\n  renew 1 2026/11/23 22:30:13;\n  rebind 1 2026/11/23 22:31:00;\n  expire 1 2026/11/23 22:32:09;\n}\n`;
const only = (text: string): Lease => {
  const { leases, unreadable, isCut } = parseLeases(text);
  expect({ unreadable, isCut, count: leases.length }).toEqual({ unreadable: [], isCut: false, count: 1 });
  return leases[0]!;
};
const said = (text: string): readonly string[] =>
  parseLeases(text).unreadable.map(({ line, message }) => `${line}: ${message}`);

test('a link whose name is no UTF-8 has the name that the kernel tells, written with escapes or without', () => {
  expect(only(lease4('', 'wl\\344n0')).link).toBe('wl\udce4n0');
  expect(only(lease4('', 'wl\udce4n0')).link).toBe('wl\udce4n0');
  expect(only(lease4('', 'wl\\303\\244n0')).link).toBe('wlän0');
});

describe('real files', () => {
  test('an IPv4 lease, and one that dhclient -r gave back', () => {
    const { leases, unreadable, isCut } = parseLeases(fixture('dhclient.leases-after-release'));
    expect({ unreadable, isCut }).toEqual({ unreadable: [], isCut: false });
    expect(leases.map(({ link, released }) => ({ link, released }))).toEqual([
      { link: 'eth1', released: false },
      { link: 'eth0', released: true },
    ]);
    const { options, ...eth1 } = leases[0]!;
    expect(eth1).toEqual({
      family: 'ipv4',
      link: 'eth1',
      addresses: ['10.77.1.101'],
      prefixes: [],
      routes: [],
      server: '10.77.1.1',
      routers: ['10.77.1.1'],
      subnetMask: '255.255.255.0',
      dns: ['10.77.1.1'],
      domain: 'lab.example',
      search: ['lab.example.', 'corp.example.'],
      hostname: 'lab-dh',
      start: at('2026-11-23T22:30:09'),
      renew: at('2026-11-23T22:30:13'),
      rebind: at('2026-11-23T22:30:18'),
      expire: at('2026-11-23T22:32:09'),
      released: false,
      bootp: false,
    });
    expect(options.get('domain-search')).toBe('"lab.example.", "corp.example."');
    expect(options.size).toBe(13);
  });

  test('an IPv6 lease', () => {
    const { options, ...lease } = only(fixture('dhclient6.leases'));
    expect(lease).toEqual({
      family: 'ipv6',
      link: 'eth0',
      addresses: ['fd77::1c6'],
      prefixes: [],
      routes: [],
      server: '0:1:0:1:32:97:79:e8:4e:34:d8:cb:7:25',
      routers: [],
      subnetMask: '',
      dns: ['fd77::1'],
      domain: '',
      search: ['lab.example.'],
      hostname: '',
      start: 1795472748_000,
      renew: 1795472808_000,
      rebind: 1795472853_000,
      expire: 1795472868_000,
      released: false,
      bootp: false,
    });
    expect(options.get('dhcp6.status-code')).toBe('success "success"');
  });

  test('an IPv6 lease that was released', () => {
    expect(only(fixture('dhclient6.leases-after-release'))).toMatchObject({ addresses: ['fd77::1c6'], released: true });
  });
});

describe('a lease of which all ends at once', () => {
  const ends = (date: string, more = ''): string =>
    `lease { interface "eth0"; fixed-address 192.0.2.5; ${more} renew ${date}; rebind ${date}; expire ${date}; }`;
  const read = (text: string, now: string) => {
    const { released, start } = parseLeases(text, at(now)).leases[0]!;
    return { released, start };
  };

  test('is one that dhclient -r gave back at that moment, once it has passed', () => {
    const text = ends('1 2026/11/23 22:30:25');
    const start = at('2026-11-23T22:30:25');
    expect(read(text, '2026-11-23T22:30:25')).toEqual({ released: true, start });
    expect(read(text, '2026-11-24T00:00:00')).toEqual({ released: true, start });
  });

  test('is one that counts until then, if that moment is to come: it never renews', () => {
    expect(read(ends('2 2037/01/01 00:00:00'), '2026-11-23T22:30:25')).toEqual({ released: false, start: undefined });
    const hour = ends('1 2026/11/23 22:30:25', 'option dhcp-lease-time 3600;');
    expect(read(hour, '2026-11-23T22:30:24')).toEqual({ released: false, start: at('2026-11-23T21:30:25') });
  });
});

describe('the grammar', () => {
  test('an empty file holds no leases and is whole', () => {
    expect(parseLeases('')).toEqual({ leases: [], unreadable: [], isCut: false });
    expect(parseLeases('# nothing\n\n')).toEqual({ leases: [], unreadable: [], isCut: false });
  });

  test('white space, comments and empty statements are free', () => {
    const text = `# one { ;\nlease{interface"eth0";fixed-address\t192.0.2.5 ;;# two }\n expire\n 1  2026/11/23\n22:32:09;}`;
    expect(only(text)).toMatchObject({ link: 'eth0', expire: at('2026-11-23T22:32:09') });
  });

  test.each([
    ['epoch 1795472748', 1795472748_000],
    ['epoch 1795472748; # Mon Nov 23 22:25:48 2026', 1795472748_000],
    ['never', 'never'],
    ['1 2026/11/23 22:32:09', at('2026-11-23T22:32:09')],
    ['4 2028/2/29 0:00:00', at('2028-02-29T00:00:00')],
    ['1 2026/11/23 22:32:09 -3600', at('2026-11-23T21:32:09')],
  ])('a lease expires %s', (text, expire) => {
    expect(only(`lease { interface "e"; fixed-address 192.0.2.5; expire ${text};\n}`).expire).toBe(expire);
  });

  test.each([
    'soon',
    '',
    '1 2026/13/01 00:00:00',
    '1 2026/02/30 00:00:00',
    'epoch x',
    '1 2026/11/23 25:00:00',
    'epoch',
  ])('a lease that expires %j is left out: nobody knows until when it holds', text => {
    const { leases, unreadable } = parseLeases(
      `\nlease { interface "e";\n fixed-address 192.0.2.5;\n expire ${text}; }`,
    );
    expect(leases).toEqual([]);
    expect(unreadable.map(({ line }) => line)).toEqual([2, 4]);
  });

  test('without a time to renew, the lease says when it expires', () => {
    const { renew, rebind, expire, released } = only(
      'lease { interface "e"; fixed-address 192.0.2.5; expire epoch 9; }',
    );
    expect([renew, rebind, expire, released]).toEqual([9000, 9000, 9000, false]);
  });

  test('backslash, octal and hexadecimal escapes are bytes of UTF-8', () => {
    expect(only(lease4(String.raw`option host-name "a\"b\\c\$(d)\012\303\266\x41\t";`)).hostname).toBe(
      'a"b\\c$(d)\nöA\t',
    );
    expect(only(lease4(String.raw`option host-name "\377";`)).hostname).toBe('\udcff');
    expect(only(lease4('option host-name "ö€";')).hostname).toBe('ö€');
  });

  test('marks and words of the grammar in strings are text', () => {
    const value = 'x; } lease { interface eth9 # option routers 1.2.3.4;';
    expect(only(lease4(`option host-name "${value}";`))).toMatchObject({ link: 'eth0', hostname: value, routers: [] });
  });

  test('options whose names are words of the grammar are options', () => {
    const { options, link, expire } = only(lease4('option interface "eth9";\noption expire never;\noption lease 1:2;'));
    expect(link).toBe('eth0');
    expect(expire).not.toBe('never');
    expect([...options]).toEqual([['interface', '"eth9"'], ['expire', 'never'], ['lease', '1:2']]); // prettier-ignore
  });

  test('unknown options, vendor spaces and colon-hex are kept as they were written', () => {
    const { options } = only(
      lease4('option unknown-252 "a\\000b";\noption MSFT.x 1:f:0;\noption rfc3442 24, 10,0,0,  1;'),
    );
    expect([...options]).toEqual([['unknown-252', '"a\\000b"'], ['MSFT.x', '1:f:0'], ['rfc3442', '24, 10,0,0,  1']]); // prettier-ignore
  });

  test('lists of addresses, of which those that are none are left out', () => {
    const text = lease4(
      'option domain-name-servers 192.0.2.1, evil.example,192.0.2.256,192.0.2.3;\noption routers 0x1;',
    );
    expect(only(text)).toMatchObject({ dns: ['192.0.2.1', '192.0.2.3'], routers: [] });
  });

  test.each([
    ['rfc3442-classless-static-routes', '24,10,9,8,192,0,2,2,0,192,0,2,254'], // declared as in Debian's dhclient.conf
    ['rfc3442-classless-static-routes', '24, 10, 9, 8, 192, 0, 2, 2, 0, 192, 0, 2, 254'],
    ['classless-static-routes', '24.10.9.8 192.0.2.2, 0 192.0.2.254'], // as Fedora's writes it
    ['unknown-121', '18:a:9:8:c0:0:2:2:0:c0:0:2:fe'], // not declared
    ['unknown-121', String.raw`"\030\012\011\010\300\000\002\002\000\300\000\002\376"`],
  ])('with %s %s its routes count, option 3 does not, and its /0 is the router', (name, value) => {
    expect(only(lease4(`option routers 192.0.2.1;\noption ${name} ${value};`))).toMatchObject({
      routes: ['10.9.8.0/24,192.0.2.2', '0.0.0.0/0,192.0.2.254'],
      routers: ['192.0.2.254'],
    });
  });

  test('of classless routes none may be a default, or be reached without a router', () => {
    const read = (value: string) => {
      const { routes, routers } = only(lease4(`option routers 192.0.2.1;\noption unknown-121 ${value};`));
      return { routes, routers };
    };
    expect(read('20:a:9:8:7:0:0:0:0')).toEqual({ routes: ['10.9.8.7/32,0.0.0.0'], routers: [] });
    expect(read('0:0:0:0:0')).toEqual({ routes: ['0.0.0.0/0,0.0.0.0'], routers: [] });
    expect(read('9:a:ff:c0:0:2:2')).toEqual({ routes: ['10.128.0.0/9,192.0.2.2'], routers: [] });
  });

  test.each(['18:a:9:8:c0:0:2', '21:a:9:8:7:c0:0:2:2', '0', '256,1,1,1,1', '""', '0:c0:0:2:1:8'])(
    'classless routes that are none (%s) change nothing',
    value => {
      const text = lease4(`option routers 192.0.2.1;\noption rfc3442-classless-static-routes ${value};`);
      expect(only(text)).toMatchObject({ routes: [], routers: ['192.0.2.1'] });
    },
  );

  test('bootp, filename, server-name, medium and what else dhclient writes', () => {
    const text = lease4('bootp;\nfilename "pxe";\nserver-name "s";\nmedium "media 10";\nname "n";\nkey k;');
    expect(only(text).bootp).toBe(true);
  });

  test('several addresses, temporary ones and delegated prefixes; the lease lasts as long as its last', () => {
    const text = `lease6 { interface "eth0";
      ia-na 1:2:3:4 { starts 100; renew 50; rebind 80;
        iaaddr 2001:DB8:0:0::1 { starts 100; preferred-life 60; max-life 90; option dhcp6.status-code success; }
        iaaddr 2001:db8::2 { starts 100; preferred-life 60; max-life 200; } }
      ia-ta 1:2:3:4 { starts 100; iaaddr 2001:db8::3 { starts 100; preferred-life 60; max-life 90; } }
      ia-pd 1:2:3:4 { starts 100; renew 40; rebind 80; iaprefix 2001:db8:1::/56 { starts 100; preferred-life 1; max-life 10; } } }`;
    expect(only(text)).toMatchObject({
      addresses: ['2001:db8::1', '2001:db8::2', '2001:db8::3'],
      prefixes: ['2001:db8:1::/56'],
      start: 100_000,
      renew: 140_000,
      rebind: 180_000,
      expire: 300_000,
    });
  });

  test('what the server has taken back, with a lifetime of 0, is not granted any more', () => {
    const text = `lease6 { interface "eth0"; ia-pd 1 { starts 100; renew 40; rebind 80;
      iaprefix 2001:db8:1::/56 { starts 100; preferred-life 0; max-life 0; } iaprefix 2001:db8:2::/56 { starts 100; max-life 10; } } }`;
    expect(only(text).prefixes).toEqual(['2001:db8:2::/56']);
  });

  test('an address without end', () => {
    const text =
      'lease6 { interface "e"; ia-na 1 { starts 9; renew 4294967295; rebind 0; iaaddr ::1 { starts 9; max-life 4294967295; } } }';
    expect(only(text)).toMatchObject({ renew: 'never', rebind: 9000, expire: 'never' });
  });

  test('of a link and family the last lease counts, also between the families', () => {
    const six = fixture('dhclient6.leases').split('\n').slice(1).join('\n');
    const text = [lease4('', 'eth0', '192.0.2.1'), six, lease4('', 'eth1'), lease4('', 'eth0', '192.0.2.9')].join('');
    expect(parseLeases(text).leases.map(({ link, addresses }) => `${link} ${addresses.join()}`)).toEqual([
      'eth0 fd77::1c6',
      'eth1 192.0.2.5',
      'eth0 192.0.2.9',
    ]);
  });
});

describe('what cannot be read', () => {
  test('is told by line, and the rest counts', () => {
    const text = `nonsense here;\n${lease4('  what is this;\n  option;\n  renewed 3;')}lease {\n}\nlease6 {\n interface "e";\n ia-xx 1 {\n }\n}\n}\n`;
    expect(parseLeases(text).leases).toHaveLength(1);
    expect(said(text)).toEqual([
      '1: expected lease { … } or lease6 { … }, found "nonsense here"',
      '5: expected a lease statement, found "what"',
      '6: expected: option name value',
      '7: expected a lease statement, found "renewed"',
      '12: expected a lease to have an interface, a fixed-address, an expiry: it is ignored',
      '14: expected a lease6 to have an address or a prefix: it is ignored',
      '16: expected ia-na, ia-ta or ia-pd, found "ia-xx 1"',
      '19: expected a statement, found }',
    ]);
  });

  test('a lease that was left half written does not spoil the one appended to it', () => {
    const whole = lease4('', 'eth0', '192.0.2.9');
    const half = lease4('option host-name "lab";', 'eth1');
    for (let length = 1; length < half.length - 2; length += 1) {
      const { leases, isCut } = parseLeases(`${half.slice(0, length)}\n${whole}`);
      expect(leases.map(({ link, addresses }) => `${link} ${addresses.join()}`)).toEqual(['eth0 192.0.2.9']);
      expect(isCut).toBe(false);
    }
  });

  test('a lease that is glued to one cut at any byte is read, and so is the whole one before: the cut one alone is lost', () => {
    const before = lease4('', 'eth0', '192.0.2.1');
    const after = (link: string): string => lease4('', link, '192.0.2.9');
    const cut = lease4(
      'option domain-name "lab.example";\noption host-name "a\\"b";\nrenew epoch 1795472748; # Mon Nov 23',
    );
    for (const link of ['eth0', 'eth1'])
      for (let length = 1; length < cut.length - 2; length += 1) {
        const { leases, isCut } = parseLeases(`${before}${cut.slice(0, length)}${after(link)}`);
        const expected = link === 'eth0' ? ['eth0 192.0.2.9'] : ['eth0 192.0.2.1', 'eth1 192.0.2.9'];
        expect({ length, leases: leases.map(shortly), isCut }).toEqual({ length, leases: expected, isCut: false });
      }
  });

  test('so is one of IPv6, whose blocks lie in one another', () => {
    const whole = fixture('dhclient6.leases');
    const half = whole.replace(/fd77::1c6/, 'fd77::1c7').replace(/^default.*\n/, '');
    for (let length = 1; length < half.length - 2; length += 1) {
      const { leases, isCut } = parseLeases(`${half.slice(0, length)}${whole.replace(/^default.*\n/, '')}`);
      expect({ length, leases: leases.map(shortly), isCut }).toEqual({
        length,
        leases: ['eth0 fd77::1c6'],
        isCut: false,
      });
    }
  });

  test('a line of a comment that speaks of a lease begins none, and neither does a string that ends on its line', () => {
    expect(only(`# lease {\n${lease4('  # the old lease {\n  option host-name "lease {";')}`)).toMatchObject({
      hostname: 'lease {',
    });
  });

  test('two leases that ran into one another are left out', () => {
    expect(parseLeases(lease4('interface "eth1";')).leases).toEqual([]);
    expect(parseLeases(lease4('option host-name "a\n;')).leases).toEqual([]);
  });

  test('a long file of which nothing can be read costs no more than its first thousand complaints', () => {
    expect(parseLeases('x;'.repeat(100_000)).unreadable).toHaveLength(1000);
    expect(parseLeases('lease{'.repeat(100_000)).unreadable).toHaveLength(1000);
  });

  test('deep nesting costs no stack', () => {
    expect(parseLeases(`lease ${'{ a '.repeat(100_000)}`)).toMatchObject({ leases: [], isCut: true });
    expect(parseLeases(`lease { interface "e"; ${'a {'.repeat(100_000)}${'}'.repeat(100_000)} }`).leases).toEqual([]);
  });
});

describe('a file that is being written', () => {
  const files = ['dhclient.leases-after-release', 'dhclient6.leases', 'dhclient6.leases-after-release'].map(fixture);

  test('cut at any byte it never makes up a lease, and says that it is cut', () => {
    for (const text of files) {
      // A cut within the white space between two leases leaves a whole file.
      const wholeUpTo = (length: number): boolean =>
        /(^|[;}])\s*$/.test(text.slice(0, length)) && depth(text, length) === 0;
      const known = new Set(everyLease(text));
      for (let length = 0; length <= text.length; length += 1) {
        const { leases, isCut } = parseLeases(text.slice(0, length));
        expect(isCut).toBe(!wholeUpTo(length));
        for (const lease of leases) expect(known).toContain(shown(lease));
      }
    }
  });
});

const shortly = ({ link, addresses }: Lease): string => `${link} ${addresses.join()}`;
const shown = (lease: Lease): string => JSON.stringify([...Object.entries(lease), ...lease.options]);
const depth = (text: string, length: number): number =>
  Array.from(text.slice(0, length)).reduce((d, c) => d + (c === '{' ? 1 : c === '}' ? -1 : 0), 0);
/** All leases that a file holds, replaced ones too. */
const everyLease = (text: string): readonly string[] =>
  text.split(/(?<=^}\n)/m).flatMap(block => parseLeases(block).leases.map(shown));
