import type { Address } from '../model/address.js';
import type { Link } from '../model/link.js';
import type { World } from '../model/world.js';

/** The number of departed links whose names are kept for late events. */
const MAX_DEPARTED_LINKS = 256;

/** The link with this ifindex: present, or recently departed. */
export const findLink = (world: World, ifindex: number): Link | undefined =>
  world.kernel.links?.get(ifindex) ?? world.kernel.departed.get(ifindex);

/** The present links. */
export const presentLinks = ({ kernel: { links } }: Pick<World, 'kernel'>): readonly Link[] => [
  ...(links?.values() ?? []),
];

/** The addresses of a link. */
export const addressesOf = ({ kernel: { addresses } }: Pick<World, 'kernel'>, ifindex: number): readonly Address[] => [
  ...(addresses.get(ifindex)?.values() ?? []),
];

/** Keeps only the newest departed links; the others are forgotten with their states. */
const withDeparted = (world: World, departed: ReadonlyMap<number, Link>): World => {
  if (departed.size <= MAX_DEPARTED_LINKS) return { ...world, kernel: { ...world.kernel, departed } };
  const forgotten = new Set([...departed.keys()].slice(0, departed.size - MAX_DEPARTED_LINKS));
  const kept = ([ifindex]: readonly [number, unknown]): boolean => !forgotten.has(ifindex);
  return {
    ...world,
    kernel: { ...world.kernel, departed: new Map([...departed].filter(kept)) },
    networkd: { ...world.networkd, states: new Map([...world.networkd.states].filter(kept)) },
  };
};

/** A link that comes back under its old ifindex is a new link: nothing is known of its states. */
const withArrivals = (world: World, arrived: ReadonlySet<number>): World => {
  if (![...world.kernel.departed.keys()].some(ifindex => arrived.has(ifindex))) return world;
  const states = new Map(
    [...world.networkd.states].filter(([ifindex]) => !(arrived.has(ifindex) && world.kernel.departed.has(ifindex))),
  );
  const departed = new Map([...world.kernel.departed].filter(([ifindex]) => !arrived.has(ifindex)));
  return { ...world, networkd: { ...world.networkd, states }, kernel: { ...world.kernel, departed } };
};

/** The World after a link was added or changed. */
export const withLink = (world: World, link: Link): World => {
  const arrived = withArrivals(world, new Set([link.ifindex]));
  const links = new Map(arrived.kernel.links).set(link.ifindex, link);
  return { ...arrived, kernel: { ...arrived.kernel, links } };
};

/** The World after a link went. */
export const withoutLink = (world: World, ifindex: number): World => {
  const link = world.kernel.links?.get(ifindex);
  if (link === undefined) return world;
  const links = new Map(world.kernel.links);
  links.delete(ifindex);
  return withDeparted(
    { ...world, kernel: { ...world.kernel, links } },
    new Map(world.kernel.departed).set(ifindex, link),
  );
};

/** The World after a complete dump: links missing from it have gone. */
export const withLinks = (world: World, dump: readonly Link[]): World => {
  const links = new Map(dump.map(link => [link.ifindex, link]));
  const gone = [...(world.kernel.links ?? [])].filter(([ifindex]) => !links.has(ifindex));
  const arrived = withArrivals(world, new Set(links.keys()));
  return withDeparted(
    { ...arrived, kernel: { ...arrived.kernel, links } },
    new Map([...arrived.kernel.departed, ...gone]),
  );
};
