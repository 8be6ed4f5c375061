import { EMPTY, map, mergeMap, type Observable, take } from 'rxjs';
import type { Report } from '../../model/fault.js';
import type { Link } from '../../model/link.js';
import type { States } from '../../model/states.js';
import type { Step, World } from '../../model/world.js';
import { createLinkIngredients, type Informants } from '../link-json/gather.js';
import { linkJson } from '../link-json/to-json.js';
import { writtenDown } from '../link-json/describe-link.js';
import type { Environment } from '../scripts/environment.js';
import { scriptVariables } from '../scripts/run-event.js';
import { environmentFile } from './environment-file.js';

/** What is told of a link to whoever wants to know it at any time. */
export interface LinkFacts {
  /** in the syntax of EnvironmentFile= */
  readonly env: string;
  /** the link JSON */
  readonly json: string;
  /** the .network file that systemd-networkd configures it by; empty: none */
  readonly networkFile: string;
}

/** What scripts are told of their event, and not of the link. */
const ofEvent: ReadonlySet<string> = new Set(['PATH', 'EVENT', 'EVENT_ID', 'CHANGED', 'RERUN']);

const ofLink = (variables: Environment): Environment =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !ofEvent.has(name)));

/** Scripts would be told this if they ran now for this state of the link. */
const stepOf = (world: World, { ifindex, name }: Link, now: States, previous: States): Step => ({
  id: 0,
  at: 0,
  event: { kind: 'link-state', ifindex, name, changed: now, previous, rerun: false },
  world,
});

/** Describes links; emits once. What cannot be had is missing, with a Fault that names it. */
export const createLinkFacts = (informants: Informants) => {
  const ingredients = createLinkIngredients(informants);
  const variables = scriptVariables(informants.files, () => EMPTY);
  /** as each link was described last */
  const before = new Map<number, States>();
  return (world: World, link: Link, report: Report): Observable<LinkFacts> => {
    const now = world.networkd.states.get(link.ifindex) ?? {};
    const step = stepOf(world, link, now, before.get(link.ifindex) ?? {});
    for (const ifindex of before.keys()) if (world.kernel.links?.has(ifindex) !== true) before.delete(ifindex);
    before.set(link.ifindex, now);
    return ingredients(step, link.ifindex, link.name, report).pipe(
      mergeMap(all =>
        variables(step, report).pipe(
          take(1),
          mergeMap(told =>
            writtenDown(informants.files, link.ifindex).pipe(
              map(({ details }) => ({
                env: environmentFile(ofLink(told)),
                json: `${JSON.stringify(linkJson(all))}\n`,
                networkFile: details.networkFile ?? '',
              })),
            ),
          ),
        ),
      ),
    );
  };
};
