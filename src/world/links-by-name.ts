import type { Link } from '../model/link.js';
import type { States } from '../model/states.js';
import type { World } from '../model/world.js';

/** The present link of that name, or alternative name. */
export const linkNamed = (world: World, name: string): Link | undefined =>
  [...(world.kernel.links?.values() ?? [])].find(link => link.name === name || link.alternativeNames.includes(name));

/** What is known of a link's states, by the link's name; empty: there is no such link, or nothing is known of it. */
export const linkStates = (world: World, name: string): States => {
  const link = linkNamed(world, name);
  return (link && world.networkd.states.get(link.ifindex)) ?? {};
};
