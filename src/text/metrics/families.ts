import { eventKinds } from '../../model/event.js';
import { faultCodes } from '../../model/fault-codes.js';
import { standardDirectories, wordOf } from '../../model/script-directories.js';
import { type Histogram, OTHER, runResults } from '../../world/totals.js';
import { groupBy } from '../../model/values/group-by.js';
import type { StatusReport } from '../status-report.js';
import type { Family, Sample } from './exposition.js';

/** Leases of which the time that remains is told, those that end first. */
const MAX_LEASES = 256;

const faultLabels: readonly string[] = [...Object.keys(faultCodes), OTHER];
const sourceStates = ['starting', 'waiting', 'serving', 'lost'] as const;
/** The faults of messages that were lost, by who had sent them. */
const overruns = { rtnetlink: 'kernel-overrun', 'systemd-networkd': 'signals-lost' } as const;

const family =
  (type: Family['type']) =>
  (name: string, help: string, samples: readonly Sample[]): Family => ({
    name: `network_broker_${name}`,
    type,
    help,
    samples,
  });
const counter = family('counter');
const gauge = family('gauge');
const histogram = family('histogram');
const one = (value: number): readonly Sample[] => [{ value }];

type Counts = Readonly<Record<string, number>>;

/** Those that were never counted are 0 from the start, or an increase from nothing would not be seen. */
const each = (label: string, counts: Counts, known: readonly string[] = []): readonly Sample[] =>
  [...new Set([...known, ...Object.keys(counts)])].map(key => ({ labels: { [label]: key }, value: counts[key] ?? 0 }));

const buckets = (
  { bounds, counts, sum }: Histogram,
  labels: Readonly<Record<string, string>> = {},
): readonly Sample[] => {
  let upTo = 0;
  const samples = [...bounds, Infinity].map((bound, nth): Sample => {
    upTo += counts[nth] ?? 0;
    return { suffix: '_bucket', labels: { ...labels, le: bound === Infinity ? '+Inf' : String(bound) }, value: upTo };
  });
  return [...samples, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: upTo }];
};

/** Of those of one link, client and family, the one that ends first. */
const remaining = (leases: StatusReport['leases'], now: number): readonly Sample[] => {
  const known = leases
    .filter(({ client, expire }) => expire !== 'never' || client === 'dhclient') // networkd's "never" is: nobody knows
    .map(({ link, client, family, expire }) => ({
      labels: { link, client, family },
      value: expire === 'never' ? Infinity : Math.max(expire - now, 0) / 1000,
    }))
    .sort((a, b) => a.value - b.value);
  return [...groupBy(known, ({ labels }) => Object.values(labels).join(' ')).values()]
    .slice(0, MAX_LEASES)
    .map(([first]) => first);
};

/**
 * Everything that Prometheus is told, docs/metrics.md.
 *
 * @param now milliseconds since the epoch
 */
export const metricFamilies = (report: StatusReport, now: number): readonly Family[] => {
  const { version, started, configuration, sources, leases, policyRules, backlog, totals } = report;
  const { events, runs, durations, latency, faults, reconnects } = totals;
  const standing = policyRules.tables.reduce((sum, { rules }) => sum + rules, 0);
  const directories = [...new Set([...standardDirectories.map(wordOf), ...Object.keys(runs)])];
  return [
    gauge('info', 'The daemon.', [{ labels: { version }, value: 1 }]),
    gauge('start_time_seconds', 'When the daemon started, since the epoch.', one(started / 1000)),
    gauge(
      'configuration_refused',
      '1 while the configuration on disk is wrong, and the last valid one is in use.',
      one(configuration.inForce === 'last' ? 1 : 0),
    ),
    counter('events', 'Events, by kind.', each('kind', events, eventKinds)),
    gauge('backlog', 'Events whose scripts have not ended.', one(backlog)),
    counter(
      'script_runs',
      'Runs of scripts, by directory and by how they ended.',
      directories.flatMap(directory =>
        runResults.map(result => ({ labels: { directory, result }, value: runs[directory]?.[result] ?? 0 })),
      ),
    ),
    histogram(
      'script_duration_seconds',
      'How long scripts ran, by directory.',
      Object.entries(durations).flatMap(([directory, durations]) => buckets(durations, { directory })),
    ),
    histogram(
      'script_latency_seconds',
      'From the arrival of what made an event to the start of its first script.',
      buckets(latency),
    ),
    counter('faults', 'Faults, by code: network-broker explain CODE.', each('code', faults, faultLabels)),
    counter(
      'overruns',
      'How often messages of a source were lost and everything was read again.',
      Object.entries(overruns).map(([source, code]) => ({ labels: { source }, value: faults[code] ?? 0 })),
    ),
    counter(
      'source_reconnects',
      'How often a source served again after it had not.',
      each(
        'source',
        reconnects,
        sources.map(({ name }) => name),
      ),
    ),
    gauge(
      'source_state',
      '1 for the state that a source is in, else 0.',
      sources.flatMap(({ name, state }) =>
        sourceStates.map(each => ({ labels: { source: name, state: each }, value: state === each ? 1 : 0 })),
      ),
    ),
    gauge('leases', 'DHCP leases that are in force.', one(leases.length)),
    gauge('lease_remaining_seconds', 'How long a DHCP lease is still valid.', remaining(leases, now)),
    gauge('policy_rules_wanted', 'Routing policy rules that there are to be.', one(policyRules.wanted)),
    gauge('policy_rules_standing', 'Routing policy rules that there are.', one(standing)),
    gauge(
      'policy_conflicts',
      "What somebody else's rules or routes keep from its place.",
      one(policyRules.conflicts.length),
    ),
    gauge('policy_failures', 'Rules and routes that the kernel refused.', one(policyRules.failures.length)),
  ];
};
