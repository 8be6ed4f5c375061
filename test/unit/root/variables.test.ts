import { describe, expect, test } from '@jest/globals';
import { treeStyles } from '../../../src/model/config.js';
import { checkVariables } from '../../../src/root/variables.js';

const check = (variables: Readonly<Record<string, string>>, style: (typeof treeStyles)[number] = 'network-broker') =>
  checkVariables(style, variables);

/** What is known to make programs, shells, the loader and interpreters do something else. */
const dangerous = [
  ...[
    'PATH',
    'IFS',
    'ENV',
    'BASH_ENV',
    'SHELLOPTS',
    'BASHOPTS',
    'PS4',
    'PROMPT_COMMAND',
    'CDPATH',
    'GLOBIGNORE',
    'HOME',
    'PWD',
    'TMPDIR',
  ],
  ...[
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'LD_AUDIT',
    'GCONV_PATH',
    'GLIBC_TUNABLES',
    'MALLOC_CHECK_',
    'LOCPATH',
    'NLSPATH',
    'HOSTALIASES',
  ],
  ...[
    'PERL5LIB',
    'PERL5OPT',
    'PERLLIB',
    'PYTHONPATH',
    'PYTHONHOME',
    'PYTHONSTARTUP',
    'RUBYOPT',
    'RUBYLIB',
    'NODE_OPTIONS',
    'NODE_PATH',
  ],
  ...[
    'LUA_PATH',
    'TERMINFO',
    'TERM',
    'EDITOR',
    'PAGER',
    'LESSOPEN',
    'GIT_DIR',
    'SSL_CERT_FILE',
    'http_proxy',
    'LC_ALL',
    'LANG',
  ],
  ...[
    'BASH_FUNC_ls%%',
    'a=b',
    '',
    '__proto__',
    'constructor',
    'JSON_FILE',
    'ADDRESSES_FILE',
    'ROUTES_FILE',
    'RULES_FILE',
    'link',
    'Link ',
  ],
  ...[
    'DBUS_SYSTEM_BUS_ADDRESS',
    'NOTIFY_SOCKET',
    'SYSTEMD_PAGER',
    'LISTEN_FDS',
    'POSIXLY_CORRECT',
    'OPENSSL_CONF',
    'LOGNAME',
    'USER',
  ],
];

describe('variables of a request', () => {
  test.each(treeStyles.flatMap(style => dangerous.map(name => [style, name] as const)))(
    'of the style %s are refused, all of them, with one that is called %j',
    (style, name) => {
      const variables = JSON.parse(`{${JSON.stringify(name)}:"1"}`) as Readonly<Record<string, string>>;
      expect(check(variables, style)).toEqual({ refused: expect.stringMatching(/^expected variables of the style/) });
    },
  );

  test('are passed on as they are, with the link that they name', () => {
    const variables = {
      ...{
        EVENT: 'link-state',
        EVENT_ID: '7',
        LINK: 'eth0',
        LINKINDEX: '2',
        STATE: 'routable',
        CHANGED: 'OperationalState',
      },
      ...{ OperationalState: 'routable', CarrierState: 'carrier', OnlineState: '', IPv4AddressState: 'routable' },
      ...{
        DHCP_ADDRESS: '192.0.2.5',
        DHCP_ROUTES: '10.0.0.0/8,192.0.2.1',
        DHCP_DOMAIN: 'example.org',
        JSON: '{"a":1}',
      },
      ...{ DHCP_LEASE: 'ADDRESS=192.0.2.5,DNS=192.0.2.1', OLD_DHCP_ROUTER: '192.0.2.1', DNS: '192.0.2.1,2001:db8::1' },
    };
    expect(check(variables)).toEqual({ variables, withheld: [], link: 'eth0' });
  });

  test('of networkd-dispatcher and NetworkManager, too', () => {
    const networkd = {
      ...{
        IFACE: 'eth0',
        STATE: 'routable',
        ADDR: '192.0.2.5',
        IP_ADDRS: '192.0.2.5 192.0.2.6',
        IP6_ADDRS: '',
        ESSID: '',
      },
      ...{ AdministrativeState: 'configured', OperationalState: 'routable', json: '{}' },
    };
    expect(check(networkd, 'networkd-dispatcher')).toEqual({ variables: networkd, withheld: [], link: 'eth0' });
    const manager = {
      ...{ DEVICE_IFACE: 'eth0', DEVICE_IP_IFACE: 'eth0', NM_DISPATCHER_ACTION: 'up', CONNECTIVITY_STATE: 'FULL' },
      ...{
        IP4_ADDRESS_0: '192.0.2.5/24 192.0.2.1',
        IP4_NUM_ADDRESSES: '1',
        IP4_GATEWAY: '192.0.2.1',
        IP4_ROUTE_0: '10.0.0.0/8 192.0.2.1 100',
      },
      ...{ IP4_NAMESERVERS: '192.0.2.1', IP4_DOMAINS: 'example.org', DHCP4_DOMAIN_NAME: 'example.org' },
    };
    expect(check(manager, 'NetworkManager')).toEqual({ variables: manager, withheld: [], link: 'eth0' });
  });

  test.each([
    '$(id)',
    'a;b',
    'a b',
    '`id`',
    'a|b',
    'a&b',
    'a>b',
    "a'b",
    'a"b',
    'a\\b',
    'a*',
    'a?',
    'a[b',
    '~',
    '-rf',
    'a\nb',
    'a/b',
    '..',
    'é',
    'a\udcff',
    'abcdefghijklmnop',
    '#a',
    'a%b',
    '{a,b}',
    'a!',
    '(a)',
    'a^b',
  ])('are refused with a link that is called %j', name => {
    const refused = { refused: expect.stringMatching(/^expected a link name of letters/) };
    expect(check({ LINK: name })).toEqual(refused);
    expect(check({ LINK: 'eth0', OLDLINK: name })).toEqual(refused);
    expect(check({ IFACE: name }, 'networkd-dispatcher')).toEqual(refused);
    expect(check({ DEVICE_IP_IFACE: name }, 'NetworkManager')).toEqual(refused);
  });

  test.each(['eth0', 'enp0s31f6', 'br-1234567890ab', 'wg_home', 'eth0.100', 'veth@if2', 'lan+1', 'a'])(
    'are taken with a link that is called %s',
    name => {
      expect(check({ LINK: name })).toEqual({ variables: { LINK: name }, withheld: [], link: name });
    },
  );

  test.each([
    ['EVENT', 'shutdown'],
    ['EVENT_ID', '-1'],
    ['LINKINDEX', '2; id'],
    ['STATE', 'routeable'],
    ['CHANGED', 'a b;c'],
    ['RERUN', 'yes'],
    ['ACTION', '$(id)'],
    ['ADDRESS', '192.0.2.5'],
    ['ADDRESS', '192.0.2.5/99'],
    ['FAMILY', 'ipx'],
    ['ADDRESSES', 'added 192.0.2.5/24\nadded $(id)'],
    ['ADDRESSES', 'added  192.0.2.5/24'],
    ['ROUTES', 'added default via $(id)'],
    ['RULES', 'added `id`'],
    ['DNS', '192.0.2.1 192.0.2.2'],
    ['DOMAIN', 'a..b'],
    ['DHCP_LEASE', "DOMAIN='x'"],
    ['DHCP_LEASE', 'A=1\nB=2'],
    ['DHCP_ADDRESS', '192.0.2'],
    ['DHCP_ROUTES', '10.0.0.0/8'],
    ['DHCP_HOSTNAME', '-h'],
    ['DHCP_HOSTNAME', 'a_b'],
    ['DHCP_MTU', '1500 '],
    ['DHCP_SERVER', 'dhcp.example.org'],
    ['OLD_DHCP_DOMAIN', '$HOME'],
    ['JSON', '{'],
    ['JSON', '[]'],
    ['JSON', '7'],
    ['CarrierState', 'on'],
    ['OperationalState', '$(id)'],
    ['SomeNewState', 'on'],
  ])('have one withheld that is not what it should be, and the others are passed on: %s=%j', (name, value) => {
    expect(check({ LINK: 'eth0', [name]: value })).toEqual({
      variables: { LINK: 'eth0' },
      withheld: [expect.stringMatching(`^${name}: expected `)],
      link: 'eth0',
    });
  });

  test('in any value, what a shell acts on is withheld, but for texts in JSON', () => {
    const names = [
      'EVENT',
      'STATE',
      'ROUTES',
      'RULES',
      'DOMAIN',
      'DHCP_LEASE',
      'DHCP_SERVER',
      'DHCP_HOSTNAME',
      'OnlineState',
      'ADDRESSES',
    ];
    for (const character of '$`;|&<>(){}[]*?!~"\'\\#%^\t\0\u00e9\u2028')
      for (const name of names) expect(check({ [name]: `added a${character}b` })).toMatchObject({ variables: {} });
  });
});
