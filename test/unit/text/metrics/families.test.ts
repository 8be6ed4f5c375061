import { expect, test } from '@jest/globals';
import { fault } from '../../../../src/model/fault.js';
import type { Outcome } from '../../../../src/model/outcome.js';
import type { Step } from '../../../../src/model/world.js';
import { exposition } from '../../../../src/text/metrics/exposition.js';
import { metricFamilies } from '../../../../src/text/metrics/families.js';
import { statusReport, type StatusReport } from '../../../../src/text/status-report.js';
import { emptyWorld } from '../../../../src/world/advance.js';
import { createCounters } from '../../../../src/world/counters.js';

const step: Step = {
  id: 1,
  at: 0,
  event: { kind: 'link-state', ifindex: 2, name: 'eth0', changed: {}, previous: {}, rerun: false },
  world: emptyWorld,
};
const script = '/etc/network-broker/routable.d/10-a';
const ran = (code: number, duration: number): Outcome => ({
  kind: 'script-ran',
  script,
  step,
  exit: { code, signal: null, duration },
  timedOut: false,
});
const reportOf = (outcomes: readonly Outcome[], more: Partial<StatusReport> = {}): StatusReport => {
  const counters = createCounters(() => 5);
  outcomes.forEach(counters.see);
  counters.meet(new Map([['rtnetlink', { is: 'serving', why: '' }]]));
  const about = {
    version: '1.2.3',
    pid: 42,
    started: 1500,
    configuration: { inForce: 'present', errors: [], changed: [] },
  } as const;
  return { ...statusReport(emptyWorld, counters.now(), about), ...more };
};
const lines = (report: StatusReport, now = 0): readonly string[] =>
  exposition(metricFamilies(report, now), 'openmetrics')
    .split('\n')
    .map(line => line.replace(/^network_broker_/, ''));

test('tells of events, runs, durations, latency and faults', () => {
  const fault$ = fault('kernel-overrun', 'x');
  const found = lines(
    reportOf([{ kind: 'seen', step }, { kind: 'script-started', script, step }, ran(0, 25), ran(3, 500), fault$]),
  );
  expect(found).toEqual(
    expect.arrayContaining([
      'info{version="1.2.3"} 1',
      'start_time_seconds 1.5',
      'configuration_refused 0',
      'events_total{kind="link-state"} 1',
      'backlog 1',
      'script_runs_total{directory="routable",result="success"} 1',
      'script_runs_total{directory="routable",result="failed"} 1',
      'script_duration_seconds_bucket{directory="routable",le="0.03"} 1',
      'script_duration_seconds_bucket{directory="routable",le="+Inf"} 2',
      'script_duration_seconds_sum{directory="routable"} 0.525',
      'script_duration_seconds_count{directory="routable"} 2',
      'script_latency_seconds_bucket{le="0.003"} 0',
      'script_latency_seconds_bucket{le="0.01"} 1',
      'faults_total{code="kernel-overrun"} 1',
      'overruns_total{source="rtnetlink"} 1',
      'overruns_total{source="systemd-networkd"} 0',
    ]),
  );
});

test('what has never happened is 0 from the start, so that its first time is an increase', () => {
  expect(lines(reportOf([]))).toEqual(
    expect.arrayContaining([
      'events_total{kind="lease"} 0',
      'script_runs_total{directory="leases",result="timeout"} 0',
      'faults_total{code="source-lost"} 0',
    ]),
  );
});

test('tells of the sources, the rules, and how long leases last', () => {
  const lease = { link: 'eth0', family: 'ipv4', addresses: [], prefixes: [] };
  const found = lines(
    reportOf([], {
      sources: [{ name: 'rtnetlink', state: 'lost', why: 'x' }],
      leases: [
        { ...lease, client: 'systemd-networkd', expire: 91_000 },
        { ...lease, client: 'systemd-networkd', family: 'ipv6', expire: 'never' },
        { ...lease, client: 'dhclient', family: 'ipv6', expire: 'never' },
      ],
      policyRules: {
        by: 'this',
        wanted: 4,
        tables: [{ ifindex: 2, link: 'eth0', table: 10001, addresses: [], rules: 2, routes: 1 }],
        conflicts: ['x'],
        failures: ['y', 'z'],
      },
    }),
    1000,
  );
  expect(found).toEqual(
    expect.arrayContaining([
      'source_state{source="rtnetlink",state="lost"} 1',
      'source_state{source="rtnetlink",state="serving"} 0',
      'leases 3',
      'lease_remaining_seconds{link="eth0",client="systemd-networkd",family="ipv4"} 90',
      'lease_remaining_seconds{link="eth0",client="dhclient",family="ipv6"} +Inf',
      'policy_rules_wanted 4',
      'policy_rules_standing 2',
      'policy_conflicts 1',
      'policy_failures 2',
    ]),
  );
  expect(found.filter(line => line.startsWith('lease_remaining'))).toHaveLength(2); // systemd-networkd does not say "never"
});

test('of many leases those are told of that end first, each link and client once', () => {
  const leases = Array.from({ length: 1000 }, (_, n) => ({
    ...{ link: `veth${n % 500}`, client: 'dhclient', family: 'ipv4', addresses: [], prefixes: [] },
    expire: 1000 * (1000 - n),
  }));
  const found = lines(reportOf([], { leases })).filter(line => line.startsWith('lease_remaining_seconds{'));
  expect(found).toHaveLength(256);
  expect(found[0]).toBe('lease_remaining_seconds{link="veth499",client="dhclient",family="ipv4"} 1');
});
