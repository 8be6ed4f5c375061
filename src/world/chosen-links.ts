import type { Step } from '../model/world.js';
import { findLink } from './links.js';
import { choosesLink } from './link-patterns.js';

/** Is a step about a link that `Links=` chooses, by the configuration of its own world, or about none? */
export const isOfChosenLink = ({ event, world }: Step): boolean => {
  switch (event.kind) {
    case 'manager-state':
    case 'extension':
      return true;
    case 'link-state':
    case 'link':
    case 'address':
    case 'route':
    case 'lease':
      if (event.ifindex === 0) return true;
      return choosesLink(
        world.config?.network.links,
        findLink(world, event.ifindex) ?? { name: event.name, alternativeNames: [] },
      );
  }
};
