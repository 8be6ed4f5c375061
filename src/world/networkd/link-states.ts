import type { NetworkEvent } from '../../model/event.js';
import type { States } from '../../model/link.js';
import type { World } from '../../model/world.js';
import { findLink } from '../links.js';
import { difference, markReruns } from './changed-states.js';

/** The events that tell what these states of a link say otherwise than the World; what was in progress runs again. */
export const linkStateEvents = (world: World, ifindex: number, now: States): readonly NetworkEvent[] => {
  const [news] = difference(world.states.get(ifindex) ?? {}, now);
  if (news === undefined) return [];
  const name = findLink(world, ifindex)?.name ?? '';
  return markReruns(news, world.interrupted.get(ifindex)).map(({ changed, previous, rerun }) => ({
    kind: 'link-state',
    ifindex,
    name,
    changed,
    previous,
    rerun,
  }));
};
