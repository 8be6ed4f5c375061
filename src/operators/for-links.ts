import { filter } from 'rxjs';
import type { Stage } from '../model/flow.js';
import type { Step } from '../model/world.js';
import { choosesLink } from '../planners/link-patterns.js';
import { findLink } from '../world/links.js';

/** Is an event of a link that `Links=` chooses, or of none? */
export const isWanted = ({ event, world }: Step): boolean => {
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

/**
 * Lets pass the events of the links that `Links=` chooses, and what belongs to no link.
 *
 * ```
 * steps    -a-b-m-c-|      Links="eth1"; a: eth0, b: eth1, m: networkd's manager, c: eth10
 * result   ---b-m---|
 * ```
 * Each step is judged by the configuration of its own world, so a reload applies to what comes after it.
 */
export const forLinks = (): Stage => filter(isWanted);
