import type { Random } from '../policy/random.js';

/** What the attacker knows: a request that is in order. */
export const tree = { path: ['/etc/root-hooks'], style: 'network-broker' };
export const proper = (variables: Readonly<Record<string, string>> = {}) => ({
  tree,
  directory: 'addresses.d',
  script: '10-record',
  args: [] as readonly string[],
  variables: { EVENT: 'address', LINK: 'eth0', LINKINDEX: '2', ACTION: 'added', ADDRESS: '192.0.2.1/32', ...variables },
});

const names = [
  ...[
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'PATH',
    'IFS',
    'BASH_ENV',
    'ENV',
    'PS4',
    'SHELLOPTS',
    'BASH_FUNC_env%%',
    'NODE_OPTIONS',
  ],
  ...[
    'PYTHONPATH',
    'PERL5OPT',
    'GCONV_PATH',
    'LD_AUDIT',
    '__proto__',
    'JSON_FILE',
    'ADDRESSES_FILE',
    'HOME',
    'DBUS_SYSTEM_BUS_ADDRESS',
  ],
  ...[
    'LINK',
    'OLDLINK',
    'JSON',
    'DHCP_LEASE',
    'DHCP_HOSTNAME',
    'DOMAIN',
    'ROUTES',
    'RULES',
    'STATE',
    'OperationalState',
    'LINKINDEX',
  ],
];
const values = [
  ...[
    '/srv/mine/evil.so',
    '$(/srv/mine/evil)',
    '`/srv/mine/evil`',
    ';/srv/mine/evil',
    '|/srv/mine/evil',
    '\n/srv/mine/evil\n',
    '-x',
    '../..',
    '',
  ],
  ...[
    "'",
    '"',
    '\\',
    '*',
    '~',
    '\0',
    '\u2028',
    '\udcff',
    '{"a":',
    '() { :;}; /srv/mine/evil',
    'x'.repeat(200_000),
    '/etc/shadow',
  ],
];
const scripts = [
  ...[
    '../../srv/mine/evil',
    '/srv/mine/evil',
    '../network-broker/addresses.d/10-daemons',
    '..',
    '.',
    '',
    '10-record/',
    './10-record',
  ],
  ...[
    '20-off',
    '30-plain',
    '.40-hidden',
    '50-linked',
    '60-swapped',
    '70-daemons',
    '10-record~',
    '10-record\0',
    '10-daemons',
    'evil',
  ],
];
const directories = [
  '..',
  '',
  '/',
  'addresses.d/..',
  '../../srv/mine',
  'addresses.d/../../../srv/mine',
  'routable.d',
  'evil.d',
  '\0',
];
const trees = [
  ...[
    ['/srv/mine'],
    ['/etc/network-broker'],
    ['/'],
    [''],
    [],
    ['/etc/root-hooks', '/srv/mine'],
    ['/etc/root-hooks:/srv/mine'],
  ],
  ...[['/etc/root-hooks/'], ['/etc/root-hooks/../../srv/mine'], ['/etc/theirs'], ['/srv/named']],
];
const anything = [null, true, 7, -1e308, '', [], {}, [[]], { length: 1 }, ['10-record'], 'x'.repeat(1000)];
const keys = ['tree', 'directory', 'script', 'args', 'variables'] as const;

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Mostly of a script that does not run: those that do are paced, and the rest would wait for them. */
const nearlyProper = (random: Random, variables: Readonly<Record<string, string>> = {}) => ({
  ...proper(variables),
  ...(random.below(100) > 0 && { script: '20-off' }),
});

/** Some bytes of a proper request are others. */
const flipped = (random: Random): Buffer => {
  const bytes = Buffer.from(`${JSON.stringify(nearlyProper(random))}\n`);
  for (let left = 1 + random.below(6); left > 0; left -= 1) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
};

const line = (request: unknown): Buffer => Buffer.from(`${JSON.stringify(request)}\n`);

const kinds: readonly ((random: Random) => Buffer)[] = [
  flipped,
  random => flipped(random).subarray(0, random.below(250)),
  random => line({ ...proper(), [random.pick(keys)]: random.pick(anything) }),
  random => line({ ...proper(), script: random.pick(scripts) }),
  random => line({ ...proper(), directory: random.pick(directories), script: random.pick(scripts) }),
  random =>
    line({ ...proper(), tree: { ...tree, path: random.pick(trees) }, script: random.pick([...scripts, 'evil']) }),
  random =>
    line({
      ...proper(),
      tree: { path: random.pick(trees), style: random.pick(['NetworkManager', 'networkd-dispatcher', 'x']) },
    }),
  random => line(nearlyProper(random, { [random.pick(names)]: random.pick(values) })),
  random => line({ ...proper({ LINK: random.pick(values) }) }),
  random => line({ ...proper(), args: [random.pick(values), random.pick(['up', '-x', ...values])] }),
  () => Buffer.concat([line({ ...proper(), script: 'x' }), line(proper())]),
  random => Buffer.from(`${random.pick([deep(1000), '{"tree":', '\0\0\0\0', '"', '[', 'GET / HTTP/1.1\r', '{}'])}\n`),
  random => Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256))),
];

/** One request of an endless number of them. */
export const hostileRequest = (random: Random): Buffer => random.pick(kinds)(random);
