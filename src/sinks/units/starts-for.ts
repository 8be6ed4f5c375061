import type { StartRule } from '../../model/config.js';
import { addressChanges } from '../../model/address-changes.js';
import type { NetworkEvent } from '../../model/event.js';
import { instanceOf } from '../../model/names/unit-name.js';
import type { Step } from '../../model/world.js';
import { choosesLink } from '../../world/link-patterns.js';
import { findLink } from '../../world/links.js';
import { directoriesOf } from '../scripts/directories.js';

/** A unit, and what is to be done with it. */
export interface Start {
  readonly unit: string;
  readonly job: StartRule['job'];
}

const actionsOf = (event: NetworkEvent): readonly string[] => {
  if (event.kind === 'address') return addressChanges(event).map(({ action }) => action);
  return 'action' in event ? [event.action] : [];
};

/** Does one word of `On=` stand for this event, which chooses these directories? */
const isFor = (word: string, directories: readonly string[], event: NetworkEvent): boolean => {
  const [what = '', which] = word.split(':');
  if (!directories.includes(`${what}.d`)) return false;
  return which === undefined || actionsOf(event).some(action => which.split(',').includes(action));
};

/** The name of the link that an event is about; undefined: of none. */
const linkOf = (event: NetworkEvent): string | undefined =>
  'name' in event && event.ifindex !== 0 ? event.name : undefined;

/** The units that an event starts, in the order of their tables. */
export const startsFor = ({ event, world }: Step): readonly Start[] => {
  const { starts = [], events } = world.config ?? {};
  if (starts.length === 0) return [];
  const { directories } = directoriesOf(event, events?.scriptsOnRenewal);
  const link = linkOf(event);
  const alternativeNames = 'ifindex' in event ? (findLink(world, event.ifindex)?.alternativeNames ?? []) : [];
  return starts
    .filter(({ on }) => on.some(word => isFor(word, directories, event)))
    .filter(({ links, unit }) =>
      link === undefined ? !unit.includes('%i') : choosesLink(links, { name: link, alternativeNames }),
    )
    .map(({ unit, job }) => ({ unit: unit.replaceAll('%i', instanceOf(link ?? '')), job }));
};
