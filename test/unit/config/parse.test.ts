import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../../../src/config/parse.js';
import { defaults } from '../../../src/config/schema.js';

const parse = (...texts: readonly string[]) =>
  parseConfig(texts.map((text, i) => ({ file: i === 0 ? 'broker.toml' : `broker.toml.d/${i}.toml`, text })));
const messages = (...texts: readonly string[]) => parse(...texts).faults.map(f => `${f.severity}: ${f.message}`);
const config = (...texts: readonly string[]) => {
  const { config: read, faults } = parse(...texts);
  expect(faults).toEqual([]);
  return read!;
};

describe('tables by pattern of links', () => {
  const nothing = { gateway: undefined, domains: undefined, dnsDefaultRoute: undefined };

  test('say what is so for these links, in their order', () => {
    const text = `[Link."eth*"]\ngateway = "192.0.2.1 2001:db8::1"\n[link."eth9 !eth90"]\nDNSDefaultRoute = "no"\nDomains = ["~corp.example", "a.example."]`;
    expect(config(text).perLink).toEqual([
      { ...nothing, patterns: ['eth*'], gateway: ['192.0.2.1', '2001:db8::1'] },
      { ...nothing, patterns: ['eth9', '!eth90'], dnsDefaultRoute: false, domains: ['~corp.example', 'a.example.'] },
    ]);
    expect(config('[Link]\n"eth0.7".Gateway = "192.0.2.1"').perLink).toMatchObject([{ patterns: ['eth0.7'] }]);
  });

  test('a drop-in sets keys of the same pattern anew, and the empty string takes one back', () => {
    const [first, second] = ['[Link.eth0]\nGateway = "192.0.2.1"\nDomains = "~."', '[Link.eth0]\nGateway = ""'];
    expect(config(first, second).perLink).toEqual([{ ...nothing, patterns: ['eth0'], domains: ['~.'] }]);
  });

  test.each([
    ['[Link.eth0]\nGateway = "router"', 'error: broker.toml:2: [Link."eth0"] Gateway: expected IP addresses'],
    ['[Link.eth0]\nDomains = "a..b"', 'error: broker.toml:2: [Link."eth0"] Domains: expected domain names'],
    ['[Link.eth0]\nDNSDefaultRoute = 2', 'error: broker.toml:2: [Link."eth0"] DNSDefaultRoute: expected true or false'],
    [
      '[Link.eth0]\nGatway = "192.0.2.1"',
      'warn: broker.toml:2: ignored: [Link."eth0"] has no key Gatway; did you mean Gateway?',
    ],
    [
      '[Link]\nGateway = "192.0.2.1"',
      'error: broker.toml:2: expected a table of links, such as [Link."eth*"], found Gateway',
    ],
    [
      '[Link."eth{0,1}"]\nGateway = "192.0.2.1"',
      'error: broker.toml:2: [Link."eth{0,1}"]: expected link names or shell globs',
    ],
    ['Link = 1', 'error: broker.toml:1: expected a section [Link], found 1'],
    ['[Network]\nGateway = "192.0.2.1"', 'warn: broker.toml:2: ignored: Gateway belongs in [Link."NAME"]'],
    [
      '[Link.eth0]\nGateway = "192.0.2.1"\ngateway = "192.0.2.2"',
      'error: broker.toml:3: [Link."eth0"] gateway: already set at broker.toml:2',
    ],
  ])('what is wrong in them is named: %s', (text, message) => {
    expect(messages(text)).toEqual([expect.stringContaining(message)]);
  });
});

describe('what people write', () => {
  test("the user's own example is read, with its string booleans", () => {
    const example = `[System]
LogLevel="debug"
Generator="systemd-networkd"

[Network]
Links="eth0 eth1"
RoutingPolicyRules="eth1"
UseDNS="true"
UseDomain="true"
EmitJSON="true"
`;
    expect(config(example)).toEqual({
      ...defaults,
      system: { logLevel: 'debug', logFormat: 'text', generator: ['systemd-networkd'], trace: 0 },
      network: {
        ...defaults.network,
        links: ['eth0', 'eth1'],
        routingPolicyRules: ['eth1'],
        useDns: true,
        useDomain: true,
        emitJson: true,
      },
    });
  });

  test('an empty file has all defaults', () => {
    expect(config('')).toEqual({
      system: { logLevel: 'info', logFormat: 'text', generator: ['systemd-networkd'], trace: 0 },
      network: {
        links: undefined,
        routingPolicyRules: undefined,
        emitJson: true,
        useDns: false,
        useDomain: false,
        useHostname: false,
        dhClientLeaseFiles: ['/var/lib/dhclient/dhclient*.lease*', '/var/lib/dhcp/dhclient*.leases'],
        rulePriority: 9999,
        tableBase: 9999,
        dnsVia: 'resolved',
        localRoutes: false,
      },
      scripts: { timeoutSec: 90, maxParallel: 8, outputLimit: 1024 },
      events: { debounceSec: 0, scriptsOnRenewal: false },
      extensions: { load: [] },
      perLink: [],
    });
  });

  test('every key can be set to something else than its default', () => {
    const all = config(`[System]
LogLevel = "fatal"
LogFormat = "json"
Generator = ["dhclient", "rtnetlink"]
Trace = 0.5
[Network]
Links = ["eth*", "!eth7"]
RoutingPolicyRules = "eth1"
EmitJSON = false
UseDNS = true
UseDomain = "on"
UseHostname = "1"
DHClientLeaseFiles = "/tmp/a.leases"
RulePriority = 100
TableBase = 255
DNSVia = "networkd"
LocalRoutes = true
[Scripts]
TimeoutSec = 2.5
MaxParallel = 1
[Events]
DebounceSec = 0.5
ScriptsOnRenewal = true
[Extensions]
Load = ["/opt/with space/x.js", "/opt/package.mjs"]
[Link."eth*"]
Gateway = "192.0.2.1"
DNSDefaultRoute = "off"
Domains = ["~corp.example"]
`);
    expect(all).toEqual({
      system: { logLevel: 'fatal', logFormat: 'json', generator: ['dhclient', 'rtnetlink'], trace: 0.5 },
      network: {
        links: ['eth*', '!eth7'],
        routingPolicyRules: ['eth1'],
        emitJson: false,
        useDns: true,
        useDomain: true,
        useHostname: true,
        dhClientLeaseFiles: ['/tmp/a.leases'],
        rulePriority: 100,
        tableBase: 255,
        dnsVia: 'networkd',
        localRoutes: true,
      },
      scripts: { timeoutSec: 2.5, maxParallel: 1, outputLimit: 1024 },
      events: { debounceSec: 0.5, scriptsOnRenewal: true },
      extensions: { load: ['/opt/with space/x.js', '/opt/package.mjs'] },
      perLink: [{ patterns: ['eth*'], gateway: ['192.0.2.1'], dnsDefaultRoute: false, domains: ['~corp.example'] }],
    });
  });

  test('sections and keys are matched without regard to case', () => {
    expect(config('[SYSTEM]\nloglevel = "WARN"\n[network]\nUSEDNS = true').system.logLevel).toBe('warn');
  });

  test('dotted keys and inline tables are as good as sections', () => {
    expect(config('System.LogLevel = "warn"\nScripts = { TimeoutSec = 3 }')).toMatchObject({
      system: { logLevel: 'warn' },
      scripts: { timeoutSec: 3 },
    });
  });

  test.each([
    ['true', true],
    ['"true"', true],
    ['"Yes"', true],
    ['"ON"', true],
    ['"1"', true],
    ['false', false],
    ['"false"', false],
    ['"no"', false],
    ['"Off"', false],
    ['"0"', false],
  ])('EmitJSON = %s is %s', (written, expected) => {
    expect(config(`[Network]\nEmitJSON = ${written}`).network.emitJson).toBe(expected);
  });

  test('a number may be written as a string', () => {
    expect(config('[Scripts]\nTimeoutSec = "1.5"\nMaxParallel = "4"').scripts).toEqual({
      timeoutSec: 1.5,
      maxParallel: 4,
      outputLimit: 1024,
    });
  });

  test('a list may be separated by any white space, line ends too', () => {
    expect(config('[Network]\nLinks = """\n  eth0\n\teth1  eth2\n"""').network.links).toEqual(['eth0', 'eth1', 'eth2']);
  });

  test('Links = "" leaves the key unset; an empty array is an empty list', () => {
    expect(config('[Network]\nLinks = ""').network.links).toBeUndefined();
    expect(config('[Network]\nLinks = []').network.links).toEqual([]);
  });

  test('several generators are taken, each once', () => {
    const { generator } = config('[System]\nGenerator = "systemd-networkd rtnetlink systemd-networkd"').system;
    expect(generator).toEqual(['systemd-networkd', 'rtnetlink']);
  });

  test('windows line ends and a byte order mark do not matter', () => {
    expect(config('\uFEFF[System]\r\nLogLevel = "warn"\r\n').system.logLevel).toBe('warn');
  });
});

describe('drop-ins', () => {
  test('a later file overrides an earlier one key by key', () => {
    const merged = config(
      '[System]\nLogLevel="debug"\nLogFormat="json"',
      '[system]\nloglevel="warn"',
      '[Events]\nDebounceSec=1',
    );
    expect(merged.system).toEqual({ ...defaults.system, logLevel: 'warn', logFormat: 'json' });
    expect(merged.events.debounceSec).toBe(1);
  });

  test('a drop-in takes back the links that the file sets', () => {
    expect(config('[Network]\nLinks="eth0"', '[Network]\nLinks=""').network.links).toBeUndefined();
  });

  test('a wrong value is an error even where a later file overrides it', () => {
    expect(messages('[System]\nLogLevel="loud"', '[System]\nLogLevel="warn"')).toEqual([
      'error: broker.toml:2: [System] LogLevel: expected one of debug, info, warn, error, fatal; found "loud"',
    ]);
  });
});

describe('faults', () => {
  test('all wrong values of all files are named at once, and there is no configuration then', () => {
    const texts = [
      `# comment
[System]
LogLevel = "loud"
Generator = "networkd"
[Network]
EmitJSON = "maybe"
RulePriority = 32766
[Scripts]
TimeoutSec = 0
MaxParallel = 0`,
      '[Events]\n\nDebounceSec = -1\n[Network]\nDNSVia = "dnsmasq"\nDHClientLeaseFiles = "leases"\nLinks = 5',
    ];
    expect(parse(...texts).config).toBeUndefined();
    expect(messages(...texts).sort()).toEqual([
      'error: broker.toml.d/1.toml:3: [Events] DebounceSec: expected seconds: a number from 0 to 2147483; found -1',
      'error: broker.toml.d/1.toml:5: [Network] DNSVia: expected one of resolved, networkd; found "dnsmasq"',
      'error: broker.toml.d/1.toml:6: [Network] DHClientLeaseFiles: expected absolute paths or shell globs of *, ? and […] in their last part, as a string separated by white space or an array of strings; found "leases"',
      'error: broker.toml.d/1.toml:7: [Network] Links: expected link names or shell globs of *, ? and […], as a string separated by white space or an array of strings; found 5',
      'error: broker.toml:10: [Scripts] MaxParallel: expected a whole number, at least 1; found 0',
      'error: broker.toml:3: [System] LogLevel: expected one of debug, info, warn, error, fatal; found "loud"',
      'error: broker.toml:4: [System] Generator: expected one or several of systemd-networkd, dhclient, rtnetlink; found "networkd"',
      'error: broker.toml:6: [Network] EmitJSON: expected true or false; found "maybe"',
      'error: broker.toml:7: [Network] RulePriority: expected a whole number from 1 to 32765; found 32766',
      'error: broker.toml:9: [Scripts] TimeoutSec: expected seconds: a number greater than 0, at most 2147483; found 0',
    ]);
  });

  test.each([
    ['TableBase = 254', false],
    ['TableBase = 255', true],
    ['TableBase = 2147483648', true],
    ['TableBase = 2147483649', false],
    ['RulePriority = 1', true],
    ['RulePriority = 32765', true],
    ['RulePriority = 0', false],
    ['RulePriority = 1.5', false],
    ['RulePriority = ""', false],
    ['RulePriority = "0x10"', false],
    ['RulePriority = nan', false],
    ['RulePriority = inf', false],
    ['RulePriority = true', false],
    ['UseDNS = 1', false],
    ['UseDNS = "si"', false],
    ['UseDNS = []', false],
    ['Links = ["eth0", 5]', false],
    ['Links = [""]', false],
    ['Links = { a = 1 }', false],
    ['DNSVia = ["resolved"]', false],
    ['DNSVia = 1979-05-27', false],
  ])('[Network] %s: accepted is %s', (line, accepted) => {
    expect(parse(`[Network]\n${line}`).config !== undefined).toBe(accepted);
  });

  test('no generator at all is an error', () => {
    expect(messages('[System]\nGenerator = ""')[0]).toContain('expected one or several of');
  });

  test('text that is not TOML is an error with line and column, and the other files are checked all the same', () => {
    expect(messages('[System]\nLogLevel=debug\n', '[Scripts]\nMaxParallel = 0')).toEqual([
      'error: broker.toml:2:10: not TOML: invalid value; strings need quotes',
      'error: broker.toml.d/1.toml:2: [Scripts] MaxParallel: expected a whole number, at least 1; found 0',
    ]);
  });

  test('an unknown key is a warning that names the nearest one, and nothing else is lost', () => {
    const text = '[System]\nLogLevl = "debug"\nLogFormat = "json"';
    expect(messages(text)).toEqual([
      'warn: broker.toml:2: ignored: [System] has no key LogLevl; did you mean LogLevel?',
    ]);
    expect(parse(text).config?.system.logFormat).toBe('json');
  });

  test('an unknown key that is near to none is a warning that names those there are', () => {
    expect(messages('[Events]\nColour = "red"')).toEqual([
      'warn: broker.toml:2: ignored: [Events] has no key Colour; known are DebounceSec, ScriptsOnRenewal',
    ]);
  });

  test('a key in the wrong section, or in none, is a warning that names its section', () => {
    expect(messages('UseDNS = true\n[System]\nDebounceSec = 1')).toEqual([
      'warn: broker.toml:1: ignored: UseDNS belongs in [Network]',
      'warn: broker.toml:3: ignored: DebounceSec belongs in [Events]',
    ]);
  });

  test('an unknown section is a warning that names the nearest one', () => {
    expect(messages('[Netwrk]\nColour = 1')).toEqual([
      'warn: broker.toml:2: ignored: no section is called [Netwrk]; did you mean Network?',
    ]);
  });

  test('a section that is no table is an error', () => {
    expect(messages('Network = "eth0"')).toEqual(['error: broker.toml:1: expected a section [Network], found "eth0"']);
  });

  test('the same key in two spellings is an error that names both places', () => {
    expect(messages('[System]\nLogLevel = "info"\n[system]\nlogLEVEL = "warn"')).toEqual([
      'error: broker.toml:4: [System] logLEVEL: already set at broker.toml:2; remove one',
    ]);
  });

  test('a table below a section is a warning', () => {
    expect(messages('[System.Deep]\nx = 1')).toEqual([
      'warn: broker.toml:1: ignored: [System] has no key Deep; known are LogLevel, LogFormat, Generator, Trace',
    ]);
  });

  test('names that objects inherit are as unknown as others', () => {
    expect(messages('[System]\nconstructor = 1\ntoString = 2').map(m => m.slice(0, 55))).toEqual([
      'warn: broker.toml:2: ignored: [System] has no key const',
      'warn: broker.toml:3: ignored: [System] has no key toStr',
    ]);
  });

  test('no text at all makes it throw, and without an error there is always a configuration', () => {
    const name = fc.constantFrom('System', 'Network', 'LogLevel', 'Links', 'UseDNS', '__proto__', 'x');
    const value = fc.oneof(fc.json(), fc.constantFrom('"true"', '1', '{}', '[[]]', 'inf'), fc.string());
    const line = fc.oneof(
      name.map(n => `[${n}]`),
      fc.tuple(name, value).map(([n, v]) => `${n} = ${v}`),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), lines => {
        const { config: read, faults } = parse(lines.join('\n'));
        expect(read === undefined).toBe(faults.some(f => f.severity === 'error'));
      }),
    );
  });
});

describe('what somebody hostile writes', () => {
  const names = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];

  test.each(names)('no value is taken for another because an object has it: %s', name => {
    const text = `[System]\nLogLevel = "${name}"\nLogFormat = "${name}"\nGenerator = "${name}"\n[Network]\nUseDNS = "${name}"\nEmitJSON = "${name}"\nDNSVia = "${name}"\n`;
    expect(messages(text).filter(message => message.includes(JSON.stringify(name)))).toHaveLength(6);
    expect(parse(text).config).toBeUndefined();
  });

  test.each(names)('no name is known because an object has it: %s', name => {
    expect(messages(`[${name}]\nLogLevel = "debug"\n`)).toEqual([expect.stringMatching(/ignored/)]);
    expect(messages(`[System]\n${name} = "debug"\n`)).toEqual([expect.stringMatching(/ignored/)]);
  });

  test.each([
    ['unknown keys', (n: number) => `[System]\n${Array.from({ length: n }, (_, i) => `LogLevl${i} = 1`).join('\n')}`],
    ['unknown sections', (n: number) => Array.from({ length: n }, (_, i) => `[Systm${i}]\nx = 1`).join('\n')],
  ])('20,000 %s cost less than 2 s, and the first are named and the others counted', (_, text) => {
    const before = performance.now();
    const found = messages(text(20_000));
    expect(performance.now() - before).toBeLessThan(2000);
    expect(found).toHaveLength(21);
    expect(found[0]).toMatch(/^warn: broker\.toml:2: ignored: /);
    expect(found.at(-1)).toBe('warn: and 19,980 more that are ignored');
  });

  test('a wrong value behind ever so many unknown keys is named', () => {
    const unknown = Array.from({ length: 1000 }, (_, i) => `x${i} = 1`).join('\n');
    expect(messages(`[System]\n${unknown}\nLogLevel = "loud"`).at(-1)).toMatch(
      /^error: broker\.toml:1002: \[System\] LogLevel: expected one of/,
    );
  });

  test('the same key in ever so many spellings is an error, the first are named and the others counted', () => {
    const spellings = Array.from({ length: 256 }, (_, n) =>
      Array.from('loglevel', (letter, bit) => (((n >> bit) & 1) === 1 ? letter.toUpperCase() : letter)).join(''),
    );
    const found = messages(`[System]\n${spellings.map(name => `${name} = "info"`).join('\n')}`);
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toBe('error: and 235 more keys that are set twice');
  });

  test.each([
    ['a long key', `${'a'.repeat(500_000)} = 1`],
    ['a key of white space', `"${' '.repeat(500_000)}" = 1`],
    ['a section of white space', `["${' '.repeat(500_000)}"]\nx = 1`],
    ['a line of white space', `x = 1\n${' '.repeat(500_000)}\ny = 1`],
    ['a line of brackets', `x = """\n${'['.repeat(500_000)}\n"""`],
    ['a long value', `[System]\nLogLevel = "${'a'.repeat(500_000)}"`],
  ])('%s costs less than 2 s and is not repeated at length', (_, text) => {
    const before = performance.now();
    const found = messages(text).join('\n');
    expect(performance.now() - before).toBeLessThan(2000);
    expect(found.length).toBeLessThan(1000);
  });
});

describe('patterns', () => {
  test.each(['eth{0,1}', 'eth(0|1)', '!', '!eth{0..9}'])(
    'that would match nothing in silence are errors: %s',
    pattern => {
      for (const key of ['Links', 'RoutingPolicyRules'])
        expect(messages(`[Network]\n${key} = "lo ${pattern}"`)).toEqual([
          expect.stringContaining('expected link names or shell globs of *, ? and […]'),
        ]);
    },
  );

  test.each(['/var/lib/{a,b}', '/var/lib/dhcp/(a|b)', '/var/lib/*/x.leases', '/var/lib/dhcp/'])(
    'of lease files are held to the same, and have their wildcards in the last part: %s',
    pattern => {
      expect(messages(`[Network]\nDHClientLeaseFiles = "${pattern}"`)).toEqual([
        expect.stringContaining('expected absolute paths or shell globs'),
      ]);
    },
  );

  test('of braces that are meant literally have a backslash', () => {
    expect(config(`[Network]\nLinks = 'a\\{b,c\\}'`).network.links).toEqual(['a\\{b,c\\}']);
  });
});
