import type { LinkPatterns } from '../model/config.js';
import type { NetworkEvent } from '../model/event.js';
import type { Link } from '../model/link.js';
import type { Step } from '../model/world.js';
import { findLink } from './links.js';
import { choosesLink } from './link-patterns.js';

type Names = Pick<Link, 'name' | 'alternativeNames'>;

/**
 * The names by which a link is chosen: the one it had at the event, whatever it is called now. A renamed link has both,
 * or its leaving would go untold.
 */
const namesOf = (event: Extract<NetworkEvent, { readonly name: string }>, link: Link | undefined): readonly Names[] => {
  const { name = event.name, alternativeNames = [] } = link ?? {};
  const then = { name: event.name === '' ? name : event.name, alternativeNames };
  return event.kind === 'link' && event.action === 'renamed' ? [then, { ...then, name: event.oldName }] : [then];
};

/** Is the step about a link that these patterns choose, or about no link? */
export const isOfLinks = ({ event, world }: Step, patterns: LinkPatterns): boolean => {
  switch (event.kind) {
    case 'manager-state':
    case 'rule':
    case 'sleep':
    case 'extension':
      return true;
    case 'link-state':
    case 'link':
    case 'address':
    case 'route':
    case 'lease':
      if (event.ifindex === 0) return true;
      return namesOf(event, findLink(world, event.ifindex)).some(names => choosesLink(patterns, names));
  }
};

/** Is the step about a link that `Links=` chooses in the step's own configuration, or about no link? */
export const isOfChosenLink = (step: Step): boolean => isOfLinks(step, step.world.config?.network.links);
