import { catchError, lastValueFrom, map, of } from 'rxjs';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { loadConfig } from '../daemon/load-config.js';
import { toLink } from '../model/wire/from-netlink.js';
import { rtnetlink } from '../system/rtnetlink.js';
import { say } from '../system/say.js';
import { polkitRule } from '../text/polkit-rule.js';
import { unitJobs } from './unit-jobs.js';

/**
 * Prints the polkit rule that the present configuration needs; with --jobs, what the rules have to allow. Resolves to 1 if the
 * configuration is wrong.
 */
export const polkit = async (options: Options, { flags }: Asked): Promise<number> => {
  const { config, faults } = loadConfig(options.config);
  if (config === undefined) {
    for (const { message } of faults) say(message);
    return 1;
  }
  if (flags.includes('jobs')) {
    const link$ = rtnetlink.links().pipe(
      map(links => links.map(toLink)),
      catchError(() => of([])),
    );
    const jobs = unitJobs(config, await lastValueFrom(link$, { defaultValue: [] }));
    process.stdout.write(jobs.map(({ job, unit }) => `${job} ${unit}\n`).join(''));
    return 0;
  }
  const rule = polkitRule(config, 'network-broker');
  if (rule === '') say('no rule is needed: the configuration has no tables [[Start]]');
  process.stdout.write(rule);
  return 0;
};
