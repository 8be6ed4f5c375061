import { nearest } from '../../config/nearest.js';
import { linkNameOf, type NetworkEvent } from '../../model/event.js';
import type { Step } from '../../model/world.js';
import { kernelTells } from '../../world/kernel/derived-states.js';
import { choosing } from '../../model/script-directories.js';
import { directoriesOf } from './directories.js';

/** States that cannot be derived from the kernel. */
const networkdsOwn = ['AdministrativeState', 'OnlineState'];

/** Properties that choose no directory, and unknown values. */
const ofProperties = (event: NetworkEvent): readonly string[] => {
  if (event.kind !== 'link-state') return [];
  return Object.entries(event.changed).flatMap(([property, value]) => {
    const values = choosing.get(property);
    if (values === undefined) {
      const near = nearest(property, [...choosing.keys()]);
      const hint = near === undefined ? `only ${[...choosing.keys()].join(', ')} do` : `did you mean ${near}?`;
      return [`${property} chooses no directory; ${hint}`];
    }
    if (values.has(value)) return [];
    const near = nearest(value, [...values]);
    return [
      `${property} is never '${value}'${near === undefined ? `; expected one of ${[...values].join(', ')}` : `; did you mean ${near}?`}`,
    ];
  });
};

/** Does this Generator= report such events? */
const ofGenerators = ({ event, world }: Step): readonly string[] => {
  const generators = world.config?.system.generator ?? [];
  const found = `Generator=${generators.join(' ')}`;
  const heard = generators.includes('systemd-networkd');
  if (event.kind === 'manager-state' && !heard)
    return [`systemd-networkd's own states are not followed: ${found} lacks systemd-networkd`];
  if (event.kind !== 'link-state') return [];
  if (!heard && !generators.includes('rtnetlink'))
    return [`link states are not followed: ${found} names neither systemd-networkd nor rtnetlink`];
  const own = networkdsOwn.filter(property => property in event.changed);
  if (own.length === 0) return [];
  return kernelTells(world) ? [`${own.join(', ')} is known only to systemd-networkd, which is not connected`] : [];
};

/** Is systemd-networkd connected? */
const ofSources = ({ event, world }: Step): readonly string[] => {
  const networkd = world.progress.sources.get('systemd-networkd');
  if (event.kind !== 'link-state' && event.kind !== 'manager-state') return [];
  if (networkd === undefined || networkd.is === 'serving' || kernelTells(world)) return [];
  return [`systemd-networkd is not connected: ${networkd.why}`];
};

/**
 * Why no script at all would run for an event. What keeps single scripts from running is judged for each of them
 * (`judgeScripts`).
 *
 * @param isChosen does `Links=` choose the event's link?
 */
export const reasons = (step: Step, isChosen: boolean): readonly string[] => {
  const { event, world } = step;
  const links = world.config?.network.links;
  const name = linkNameOf(event);
  const excluded =
    links === undefined
      ? `Links= is not set, which leaves out ${name}`
      : `Links=${links.join(' ')} does not choose ${name}`;
  const { directories } = directoriesOf(event, world.config?.events.scriptsOnRenewal);
  return [
    ...(isChosen ? [] : [excluded]),
    ...(directories.length === 0 ? ofProperties(event) : []),
    ...ofGenerators(step),
    ...ofSources(step),
  ];
};
