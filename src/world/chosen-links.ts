import type { ExtensionEvent, ManagerStateEvent, NetworkEvent, SleepEvent } from '../model/event.js';
import type { Link } from '../model/link.js';
import type { Step } from '../model/world.js';
import { findLink } from './links.js';
import { choosesLink } from './link-patterns.js';

type Names = Pick<Link, 'name' | 'alternativeNames'>;

/** Under which names a link is chosen. One that was renamed: by both names, whatever it is called by now, or nobody would be told that it left. */
const namesOf = (
  event: Exclude<NetworkEvent, ManagerStateEvent | SleepEvent | ExtensionEvent>,
  link: Link | undefined,
): readonly Names[] => {
  const now = link ?? { name: event.name, alternativeNames: [] };
  return event.kind === 'link' && event.action === 'renamed'
    ? [event.name, event.oldName].map(name => ({ ...now, name }))
    : [now];
};

/** Is a step about a link that `Links=` chooses, by the configuration of its own world, or about none? */
export const isOfChosenLink = ({ event, world }: Step): boolean => {
  switch (event.kind) {
    case 'manager-state':
    case 'sleep':
    case 'extension':
      return true;
    case 'link-state':
    case 'link':
    case 'address':
    case 'route':
    case 'lease':
      if (event.ifindex === 0) return true;
      return namesOf(event, findLink(world, event.ifindex)).some(names =>
        choosesLink(world.config?.network.links, names),
      );
  }
};
