import { expect, test } from '@jest/globals';
import { painter } from '../../../src/cli/paint.js';
import { statusPage } from '../../../src/text/status-page.js';
import type { StatusReport } from '../../../src/text/status-report.js';
import { createTotals } from '../../../src/world/totals.js';

const run = {
  link: 'eth0',
  event: 'link-state',
  eventId: 7,
  signal: null,
  timedOut: false,
  outputCut: 0,
  cpuMs: null,
  memoryPeak: null,
  error: '',
} as const;
const report: StatusReport = {
  version: '1.2.3',
  configuration: { inForce: 'present', errors: [], changed: [] },
  pid: 42,
  started: 0,
  status: 'watching 2 links, 1 routable',
  sources: [{ name: 'systemd-networkd', state: 'serving', why: '' }],
  manager: {},
  links: [
    { ifindex: 1, name: 'lo', watched: false, states: {}, addresses: ['127.0.0.1/8'] },
    {
      ifindex: 2,
      name: 'eth0',
      watched: true,
      states: { OperationalState: 'routable', AdministrativeState: 'configured' },
      addresses: ['192.0.2.5/24'],
    },
  ],
  leases: [
    {
      link: 'eth0',
      client: 'dhclient',
      family: 'ipv4',
      addresses: ['192.0.2.5'],
      prefixes: ['2001:db8::/56'],
      expire: 0,
    },
  ],
  policyRules: {
    by: 'this',
    wanted: 2,
    tables: [{ ifindex: 2, link: 'eth0', table: 10001, addresses: ['192.0.2.5'], rules: 2, routes: 1 }],
    conflicts: ['route default: its place is taken'],
    failures: ['rule add to 192.0.2.5 lookup 10001: no'],
  },
  targets: [
    { unit: 'link-carrier@eth0.target', wanted: true, active: true, why: '' },
    { unit: 'link-degraded@eth0.target', wanted: true, active: true, why: '' },
    { unit: 'link-online@eth0.target', wanted: true, active: false, why: 'it is masked' },
    { unit: 'network-profile@10-home.target', wanted: false, active: true, why: '' },
  ],
  unitJobs: [
    {
      ...{ unit: 'ddns@eth0.service', job: 'start', link: 'eth0', event: 'address', eventId: 8 },
      ...{ result: 'done', durationMs: 31, error: '' },
    },
    {
      ...{ unit: 'vpn.service', job: 'stop', link: 'eth0', event: 'address', eventId: 8 },
      ...{ result: 'refused', durationMs: 2, error: 'Access denied' },
    },
  ],
  running: [],
  waiting: [],
  lastFaults: [],
  runs: [
    { ...run, script: '/etc/network-broker/routable.d/10-a', status: 0, durationMs: 12 },
    { ...run, script: '/etc/network-broker/routable.d/20-b\u001b[2J', status: 3, durationMs: 5 },
  ],
  backlog: 1,
  counters: { events: 9, scripts: 2, failed: 1, faults: 0 },
  totals: createTotals().now(),
};

const nothing = { by: 'nobody', wanted: 0, tables: [], conflicts: [], failures: [] } as const;

test('is aligned, marks what failed, and shows no control character of what it quotes', () => {
  expect(statusPage(report, text => `<${text}>`)).toBe(
    `network-broker 1.2.3, process 42: watching 2 links, 1 routable
9 events, 1 waiting; 2 scripts run, 1 failed; 0 faults

Sources
  systemd-networkd  serving

Links
  1  lo    not watched  -           127.0.0.1/8
  2  eth0  routable     configured  192.0.2.5/24

Leases
  eth0  dhclient  192.0.2.5 2001:db8::/56  until 1970-01-01T00:00:00.000Z

Policy rules
  eth0  table 10001  2 rules  1 route  192.0.2.5
  conflict: route default: its place is taken
  failed: rule add to 192.0.2.5 lookup 10001: no

Targets
  eth0     link-carrier link-degraded
  10-home  network-profile
<  link-online@eth0.target is to be active: it is masked>
<  network-profile@10-home.target is to be inactive>

Last scripts
  7  eth0  /etc/network-broker/routable.d/10-a         status 0 after 12 ms
<  7  eth0  /etc/network-broker/routable.d/20-b\\x1b[2J  status 3 after 5 ms>

Last units
  8  eth0  start ddns@eth0.service  done after 31 ms
<  8  eth0  stop vpn.service         refused: Access denied>
`,
  );
});

test('somebody else may look after the policy rules', () => {
  const policyRules = { by: 'another', wanted: 0, tables: [], conflicts: [], failures: [] } as const;
  expect(statusPage({ ...report, policyRules }, text => text)).toContain(
    '\nPolicy rules\n  managed by another network-broker in this network namespace\n',
  );
});

test('says nothing of what there is none of', () => {
  expect(
    statusPage(
      { ...report, sources: [], links: [], leases: [], policyRules: nothing, targets: [], runs: [], unitJobs: [] },
      text => text,
    ).split('\n'),
  ).toHaveLength(3);
});

test('colours are for terminals, and NO_COLOR switches them off', () => {
  expect(painter({ isTTY: true }, {})(31)('x')).toBe('\u001b[31mx\u001b[0m');
  expect(painter({ isTTY: true }, { NO_COLOR: '1' })(31)('x')).toBe('x');
  expect(painter({ isTTY: false }, {})(31)('x')).toBe('x');
});

test('a refused configuration is named first, with all that is wrong', () => {
  const errors = ['/etc/nb.toml:2: [System] LogLevel: expected …', '/etc/nb.toml:3: …'];
  const page = statusPage({ ...report, configuration: { inForce: 'last', errors, changed: [] } }, text => `<${text}>`);
  expect(page).toContain(
    '\n\n<The configuration is invalid; the last valid one is in use>\n<  /etc/nb.toml:2: [System] LogLevel: expected …>\n<  /etc/nb.toml:3: …>\n',
  );
});

test('a lease says when it ends; of one of systemd-networkd without an address nobody knows', () => {
  const leases = [
    { link: 'eth0', client: 'dhclient', family: 'ipv4', addresses: ['192.0.2.5'], prefixes: [], expire: 'never' },
    { link: 'eth1', client: 'systemd-networkd', family: 'ipv4', addresses: [], prefixes: [], expire: 'never' },
  ] as const;
  const page = statusPage({ ...report, leases }, text => text);
  expect(page).toContain('  eth0  dhclient          192.0.2.5  never expires\n');
  expect(page).toMatch(/ {2}eth1 {2}systemd-networkd +no expiry known\n/);
});

test('tells which scripts run, of which event and since when, and which links wait for theirs', () => {
  const script = '/etc/network-broker/routable.d/10-long';
  const lines = statusPage(
    {
      ...report,
      running: [{ script, link: 'eth0', event: 'link-state', eventId: 7, since: 10_000 }],
      waiting: [
        { link: 'eth0', events: 3, since: 9_000 },
        { link: '', events: 1, since: 21_000 },
      ],
    },
    text => text,
    22_000,
  ).split('\n');
  expect(lines).toContain(`  7  eth0  ${script}  for 12 s, of link-state`);
  expect(lines).toContain('  eth0  3  the oldest for 13 s');
  expect(lines).toContain('  -     1  the oldest for 1 s');
});

test('tells of the last faults when they were, what they are called and what is to be done', () => {
  const seen = { severity: 'error', at: 0, times: 1 } as const;
  const page = statusPage(
    {
      ...report,
      lastFaults: [
        { ...seen, code: 'config-kept', message: 'the configuration has errors', times: 2 },
        { ...seen, severity: 'warn', code: 'mine', message: 'what an extension\u001b[2J says' },
      ],
    },
    text => `<${text}>`,
  );
  expect(page.split('Last faults\n')[1]).toBe(
    `<  1970-01-01T00:00:00.000Z  config-kept (2 times): the configuration has errors>
    Correct the errors and reload.
  1970-01-01T00:00:00.000Z  mine: what an extension\\x1b[2J says
`,
  );
});

test('says what the last reload changed', () => {
  const configuration = { inForce: 'present', errors: [], changed: ['[Network] Links', '[[Start]]'] } as const;
  expect(statusPage({ ...report, configuration }, text => text)).toContain(
    '\nChanged by the last reload\n  [Network] Links\n  [[Start]]\n',
  );
});
