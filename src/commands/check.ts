import { concat, connect, filter, lastValueFrom, map, merge, of, toArray } from 'rxjs';
import { loadConfig } from '../daemon/load-config.js';
import { defaults } from '../config/schema.js';
import { oneLine } from '../model/values/one-line.js';
import { allowedJobs } from './checks/allowed-jobs.js';
import { arp } from './checks/arp.js';
import { bus } from './checks/bus-reached.js';
import { busPolicy } from './checks/bus-policy.js';
import { configuration } from './checks/configuration.js';
import { extensions } from './checks/extensions.js';
import { type Check, type Finding, found, warn } from './checks/finding.js';
import { generator } from './checks/generator.js';
import { generatorSources } from './checks/generator-sources.js';
import { kernelOptions } from './checks/kernel-options.js';
import { linkPatterns } from './checks/unmatched-patterns.js';
import { networkdSettings } from './checks/networkd-conf/networkd-conf.js';
import { otherDispatchers } from './checks/other-dispatchers.js';
import { policyTables } from './checks/foreign-tables.js';
import { polkit } from './checks/polkit-actions.js';
import { privileges } from './checks/privileges.js';
import { rootTrees } from './checks/root-trees.js';
import { scriptDirectories } from './checks/runnable-scripts.js';
import { startUnits } from './checks/start-units.js';
import { state } from './checks/state.js';
import type { Options } from '../config/options.js';
import { strayFaults } from '../daemon/stray-errors.js';
import { untilEndOf } from '../operators/until-end-of.js';

/** What can be said whatever the configuration is. */
const scripts = scriptDirectories();
const ofTheHost: readonly Check[] = [configuration, scripts, state];

/** In the order in which they are shown. */
const checks: readonly Check[] = [
  configuration,
  generator(),
  generatorSources(),
  linkPatterns(),
  scripts,
  otherDispatchers(),
  rootTrees(),
  extensions,
  bus(),
  busPolicy(),
  privileges,
  kernelOptions(),
  polkit(),
  startUnits(),
  allowedJobs(),
  networkdSettings(),
  arp(),
  policyTables(),
  state,
];

/** While the configuration is wrong, its defaults are looked at in its place: that they are in order says nothing. */
const ofDefaults: readonly Check[] = [
  () => of(warn('the rest', 'looked at by the defaults, as the configuration has errors: only what is wrong is said')),
  ...checks
    .filter(check => !ofTheHost.includes(check))
    .map(
      (check): Check =>
        circumstances =>
          check(circumstances).pipe(filter(({ severity }) => severity !== 'ok')),
    ),
];

const colours = { ok: 32, warn: 33, error: 31 } as const;

/** One line for each finding, in columns. */
export const shown = (findings: readonly Finding[], coloured: boolean): string => {
  const width = Math.max(...findings.map(({ about }) => about.length));
  return findings
    .map(({ severity, about, message }) => {
      const word = severity.padEnd(5);
      const mark = coloured ? `\u001b[${colours[severity]}m${word}\u001b[0m` : word;
      return `${mark}  ${about.padEnd(width)}  ${oneLine(message)}\n`;
    })
    .join('');
};

/** Says what would keep the daemon from working, all of it. Resolves to 1 if there is such a thing. */
export const check = async (options: Options): Promise<number> => {
  const { config, faults } = loadConfig(options.config);
  const circumstances = { options, config: config ?? defaults, faults };
  const wanted = config === undefined ? [...ofTheHost, ...ofDefaults] : checks;
  const finding$ = concat(...wanted.map(each => each(circumstances))).pipe(
    connect(found$ =>
      merge(strayFaults(circumstances.config).pipe(map(found('extensions')), untilEndOf(found$)), found$),
    ),
  );
  const findings = await lastValueFrom(finding$.pipe(toArray()), {
    defaultValue: [],
  });
  process.stdout.write(shown(findings, process.stdout.isTTY && (process.env.NO_COLOR ?? '') === ''));
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
};
