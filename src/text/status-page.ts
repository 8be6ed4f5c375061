import { type FaultCode, faultCodes } from '../model/fault-codes.js';
import { groupBy } from '../model/values/group-by.js';
import { oneLine } from '../model/values/one-line.js';
import { costText } from './cost-text.js';
import type { StatusReport } from './status-report.js';
import { count } from './status-line.js';
import type { Run } from '../world/counters.js';

const isFaultCode = (code: string): code is FaultCode => Object.hasOwn(faultCodes, code);

type Row = readonly string[];

const columns = (rows: readonly Row[]): readonly string[] => {
  const widths = rows.reduce<readonly number[]>(
    (found, row) => row.map((cell, nth) => Math.max(found[nth] ?? 0, cell.length)),
    [],
  );
  return rows.map(row => `  ${row.map((cell, nth) => cell.padEnd(widths[nth] ?? 0)).join('  ')}`.trimEnd());
};

type Mark = (line: string, nth: number) => string;

const part = (title: string, rows: readonly Row[], mark: Mark = line => line): readonly string[] =>
  rows.length === 0 ? [] : ['', title, ...columns(rows.map(row => row.map(oneLine))).map(mark)];

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

/** How many links with waiting events are named. */
const MAX_WAITING = 20;

const seconds = (since: number, now: number): string => `${Math.max(Math.round((now - since) / 1000), 0)} s`;

/** The faults, each above what is to be done. */
const faultsOf = (faults: StatusReport['lastFaults'], red: (text: string) => string): readonly string[] => {
  const lines = faults.flatMap(({ code, severity, message, at, times }) => {
    const often = times === 1 ? '' : ` (${times} times)`;
    const said = oneLine(`  ${new Date(at).toISOString()}  ${code}${often}: ${message}`);
    const remedy = isFaultCode(code) ? [`    ${faultCodes[code].remedy}`] : [];
    return [severity === 'error' ? red(said) : said, ...remedy];
  });
  return lines.length === 0 ? [] : ['', 'Last faults', ...lines];
};

/**
 * What `status` prints for people. `red` marks what failed.
 *
 * @param now milliseconds since the epoch
 */
export const statusPage = (report: StatusReport, red: (text: string) => string, now = Date.now()): string => {
  const { version, pid, status, configuration, sources, links, leases, policyRules, runs, backlog, counters } = report;
  const { targets, unitJobs, running, waiting, lastFaults } = report;
  /** Marks the lines of those that failed. */
  const marked =
    <T>(all: readonly T[], hasFailed: (one: T) => boolean): Mark =>
    (line, nth) =>
      all.slice(nth, nth + 1).some(hasFailed) ? red(line) : line;
  const lines = [
    `network-broker ${version}, process ${pid}: ${oneLine(status)}`,
    `${counters.events} events, ${backlog} waiting; ${counters.scripts} scripts run, ${counters.failed} failed; ${counters.faults} faults`,
    ...part(
      'The configuration is invalid; the last valid one is in use',
      configuration.errors.map(error => [error]),
    ).map(line => (line === '' ? line : red(line))),
    ...part(
      'Changed by the last reload',
      configuration.changed.map(key => [key]),
    ),
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
    ...part(
      'Running scripts',
      running.map(({ eventId, link, script, event, since }) => [
        ...[String(eventId), link, script],
        `for ${seconds(since, now)}, of ${event}`,
      ]),
    ),
    ...part(
      'Events whose scripts have not ended',
      waiting
        .slice(0, MAX_WAITING)
        .map(({ link, events, since }) => [link || '-', String(events), `the oldest for ${seconds(since, now)}`]),
    ),
    ...part(
      'Last scripts',
      runs.map(run => [String(run.eventId), run.link, run.script, runEnding(run)]),
      marked(runs, run => run.status !== 0 || run.timedOut),
    ),
    ...part(
      'Last units',
      unitJobs.map(({ eventId, link, job, unit, result, durationMs, error }) => [
        String(eventId),
        link,
        `${job} ${unit}`,
        error === '' ? `${result} after ${durationMs} ms` : `${result}: ${error}`,
      ]),
      marked(unitJobs, ({ result }) => result !== 'done' && result !== 'skipped'),
    ),
    ...faultsOf(lastFaults, red),
  ];
  return `${lines.join('\n')}\n`;
};
