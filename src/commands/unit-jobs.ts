import type { Config } from '../model/config.js';
import type { Link } from '../model/link.js';
import { instanceOf } from '../model/names/unit-name.js';
import type { Start } from '../sinks/units/starts-for.js';
import { allTargets } from '../sinks/units/wishes.js';
import { choosesLink } from '../world/link-patterns.js';

/** Stands for the link where there is none. */
const ANY = 'i';

/**
 * The jobs that polkit has to allow with this configuration: of the targets of any one link, and of the units that events of the
 * links that there are start.
 */
export const unitJobs = (
  { units, starts, network }: Pick<Config, 'units' | 'starts' | 'network'>,
  links: readonly Link[],
): readonly Start[] => {
  const targets = units.links === undefined ? [] : allTargets(ANY);
  const instances = (patterns: readonly string[] | undefined): readonly string[] => {
    const names = links
      .filter(link => choosesLink(network.links, link) && choosesLink(patterns, link))
      .map(({ name }) => instanceOf(name));
    return names.length === 0 ? [ANY] : names;
  };
  const jobs = [
    ...targets.flatMap(unit => [{ unit, job: 'start' } as const, { unit, job: 'stop' } as const]),
    ...starts.flatMap(({ unit, job, links: patterns }) =>
      unit.includes('%i')
        ? instances(patterns).map(one => ({ unit: unit.replaceAll('%i', one), job }))
        : [{ unit, job }],
    ),
  ];
  return [...new Map(jobs.map(one => [`${one.job} ${one.unit}`, one])).values()];
};
