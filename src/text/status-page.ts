import { groupBy } from '../model/values/group-by.js';
import { oneLine } from '../model/values/one-line.js';
import { costText } from './cost-text.js';
import type { StatusReport } from './status-report.js';
import { count } from './status-line.js';
import type { Run } from '../world/counters.js';

type Row = readonly string[];

const columns = (rows: readonly Row[]): readonly string[] => {
  const widths = rows.reduce<readonly number[]>(
    (found, row) => row.map((cell, nth) => Math.max(found[nth] ?? 0, cell.length)),
    [],
  );
  return rows.map(row => `  ${row.map((cell, nth) => cell.padEnd(widths[nth] ?? 0)).join('  ')}`.trimEnd());
};

const part = (title: string, rows: readonly Row[]): readonly string[] =>
  rows.length === 0 ? [] : ['', title, ...columns(rows.map(row => row.map(oneLine)))];

const runEnding = ({ error, status, signal, timedOut, durationMs, cpuMs, memoryPeak }: Run): string => {
  if (error !== '') return error;
  const memory = memoryPeak === null ? {} : { memory: memoryPeak };
  const cost = cpuMs === null ? '' : ` (${costText({ cpu: cpuMs, ...memory })})`;
  const how = signal ?? `status ${status ?? 'unknown'}`;
  return `${timedOut ? 'timed out, ' : ''}${how} after ${durationMs} ms${cost}`;
};

const policy = ({ by, tables, conflicts, failures }: StatusReport['policyRules']): readonly string[] => {
  const rows = tables.map(({ link, table, rules, routes, addresses }) => [
    link,
    `table ${table}`,
    count(rules, 'rule'),
    count(routes, 'route'),
    addresses.join(' '),
  ]);
  const lines = [
    ...(by === 'another' ? ['managed by another network-broker in this network namespace'] : []),
    ...columns(rows).map(row => row.trim()),
    ...conflicts.map(text => `conflict: ${text}`),
    ...failures.map(text => `failed: ${text}`),
  ];
  return lines.length === 0 ? [] : ['', 'Policy rules', ...lines.map(line => `  ${oneLine(line)}`)];
};

/** A link's or a .network file's, by their short names; and what is not as it is to be. */
const targetsOf = (targets: StatusReport['targets'], red: (text: string) => string): readonly string[] => {
  const active = targets.filter(one => one.active).map(({ unit }) => unit.split(/@|\.target$/));
  const rows = [...groupBy(active, ([, instance = '']) => instance)];
  const wrong = targets
    .filter(one => one.wanted !== one.active)
    .map(
      ({ unit, wanted, why }) => `${unit} is to be ${wanted ? 'active' : 'inactive'}${why === '' ? '' : `: ${why}`}`,
    );
  const lines = columns(rows.map(([instance, units]) => [oneLine(instance), units.map(([name]) => name).join(' ')]));
  return targets.length === 0 ? [] : ['', 'Targets', ...lines, ...wrong.map(text => red(`  ${oneLine(text)}`))];
};

/** systemd-networkd tells when a lease ends by its address only: of one without, nobody knows. */
const ending = (client: string, expire: number | 'never'): string => {
  if (expire !== 'never') return `until ${new Date(expire).toISOString()}`;
  return client === 'dhclient' ? 'never expires' : 'no expiry known';
};

/** Did a job do what it was to do? Lines that show no job are well, too. */
const isGood = (job: StatusReport['unitJobs'][number] | undefined): boolean =>
  job === undefined || ['done', 'skipped'].includes(job.result);

/** What `status` prints for people. `red` marks what failed. */
export const statusPage = (report: StatusReport, red: (text: string) => string): string => {
  const { version, pid, status, configuration, sources, links, leases, policyRules, runs, backlog, counters } = report;
  const { targets, unitJobs } = report;
  const lines = [
    `network-broker ${version}, process ${pid}: ${oneLine(status)}`,
    `${counters.events} events, ${backlog} waiting; ${counters.scripts} scripts run, ${counters.failed} failed; ${counters.faults} faults`,
    ...part(
      'The configuration is invalid; the last valid one is in use',
      configuration.errors.map(error => [error]),
    ).map(line => (line === '' ? line : red(line))),
    ...part(
      'Sources',
      sources.map(({ name, state, why }) => [name, state, why]),
    ),
    ...part(
      'Links',
      links.map(({ ifindex, name, watched, states, addresses }) => [
        String(ifindex),
        name,
        watched ? (states.OperationalState ?? '-') : 'not watched',
        states.AdministrativeState ?? '-',
        addresses.join(' '),
      ]),
    ),
    ...part(
      'Leases',
      leases.map(({ link, client, addresses, prefixes, expire }) => [
        link,
        client,
        [...addresses, ...prefixes].join(' '),
        ending(client, expire),
      ]),
    ),
    ...policy(policyRules),
    ...targetsOf(targets, red),
  ];
  const last = part(
    'Last scripts',
    runs.map(run => [String(run.eventId), run.link, run.script, runEnding(run)]),
  );
  const marked = last.map((line, nth) => {
    const run = runs[nth - 2];
    return run !== undefined && (run.status !== 0 || run.timedOut) ? red(line) : line;
  });
  const jobs = part(
    'Last units',
    unitJobs.map(({ eventId, link, job, unit, result, durationMs, error }) => [
      String(eventId),
      link,
      `${job} ${unit}`,
      error === '' ? `${result} after ${durationMs} ms` : `${result}: ${error}`,
    ]),
  );
  const markedJobs = jobs.map((line, nth) => (isGood(unitJobs[nth - 2]) ? line : red(line)));
  return `${[...lines, ...marked, ...markedJobs].join('\n')}\n`;
};
