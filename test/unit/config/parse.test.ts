import { describe, expect, test } from '@jest/globals';
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
      units: { links: undefined },
      metrics: { listen: undefined },
      extensions: { load: [] },
      perLink: [],
      starts: [],
      trees: [],
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
[Units]
Links = "eth*"
[Metrics]
Listen = "127.0.0.1:9217"
[Extensions]
Load = ["/opt/with space/x.js", "/opt/package.mjs"]
[Link."eth*"]
Gateway = "192.0.2.1"
DNSDefaultRoute = "off"
Domains = ["~corp.example"]
[[Start]]
On = "routable"
Links = "eth*"
Unit = "x@%i.service"
Job = "restart"
[[Tree]]
Path = "/etc/a:/usr/lib/a/"
Style = "networkmanager"
User = "root"
TimeoutSec = 5
Links = "eth*"
StartupTriggers = true
[Tree."routable.d"]
TimeoutSec = "7"
Links = ["wlan0"]
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
      units: { links: ['eth*'] },
      metrics: { listen: { host: '127.0.0.1', port: 9217 } },
      extensions: { load: ['/opt/with space/x.js', '/opt/package.mjs'] },
      perLink: [{ patterns: ['eth*'], gateway: ['192.0.2.1'], dnsDefaultRoute: false, domains: ['~corp.example'] }],
      starts: [{ on: ['routable'], links: ['eth*'], unit: 'x@%i.service', job: 'restart' }],
      trees: [
        {
          path: ['/etc/a', '/usr/lib/a'],
          style: 'NetworkManager',
          user: 'root',
          timeoutSec: 5,
          links: ['eth*'],
          startup: true,
          directories: [{ name: 'routable.d', timeoutSec: 7, links: ['wlan0'] }],
        },
      ],
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
