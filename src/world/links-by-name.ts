import type { Link } from '../model/link.js';
import type { States } from '../model/states.js';
import type { World } from '../model/world.js';
import { presentLinks } from './links.js';

/** The present link with this name or alternative name. */
export const linkNamed = (world: World, name: string): Link | undefined =>
  presentLinks(world).find(link => link.name === name || link.alternativeNames.includes(name));

/** The known states of a link by its name; empty if there is no such link. */
export const linkStates = (world: World, name: string): States => {
  const link = linkNamed(world, name);
  return (link && world.networkd.states.get(link.ifindex)) ?? {};
};
