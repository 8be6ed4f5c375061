import type { Link } from '../model/link.js';
import type { World } from '../model/world.js';

/** How many links that are gone keep their names for the last words about them. */
const DEPARTED = 256;

/** The link of that ifindex: present, or gone a short while ago. */
export const findLink = (world: World, ifindex: number): Link | undefined =>
  world.links?.get(ifindex) ?? world.departed.get(ifindex);

/** Only the newest of the departed are remembered, and with the others go their states. */
const withDeparted = (world: World, departed: ReadonlyMap<number, Link>): World => {
  if (departed.size <= DEPARTED) return { ...world, departed };
  const forgotten = new Set([...departed.keys()].slice(0, departed.size - DEPARTED));
  const kept = ([ifindex]: readonly [number, unknown]): boolean => !forgotten.has(ifindex);
  return { ...world, departed: new Map([...departed].filter(kept)), states: new Map([...world.states].filter(kept)) };
};

/** A link that comes back under its old ifindex is a new link: nothing is known of its states. */
const withArrivals = (world: World, arrived: ReadonlySet<number>): World => {
  if (![...world.departed.keys()].some(ifindex => arrived.has(ifindex))) return world;
  const states = new Map(
    [...world.states].filter(([ifindex]) => !(arrived.has(ifindex) && world.departed.has(ifindex))),
  );
  const departed = new Map([...world.departed].filter(([ifindex]) => !arrived.has(ifindex)));
  return { ...world, states, departed };
};

/** The world after the kernel named a link, anew or otherwise than before. */
export const withLink = (world: World, link: Link): World => ({
  ...withArrivals(world, new Set([link.ifindex])),
  links: new Map(world.links).set(link.ifindex, link),
});

/** The world after a link went. */
export const withoutLink = (world: World, ifindex: number): World => {
  const link = world.links?.get(ifindex);
  if (link === undefined) return world;
  const links = new Map(world.links);
  links.delete(ifindex);
  return withDeparted({ ...world, links }, new Map(world.departed).set(ifindex, link));
};

/** The world after a complete dump: what is missing from it has gone. */
export const withLinks = (world: World, dump: readonly Link[]): World => {
  const links = new Map(dump.map(link => [link.ifindex, link]));
  const gone = [...(world.links ?? [])].filter(([ifindex]) => !links.has(ifindex));
  const arrived = withArrivals(world, new Set(links.keys()));
  return withDeparted({ ...arrived, links }, new Map([...arrived.departed, ...gone]));
};
