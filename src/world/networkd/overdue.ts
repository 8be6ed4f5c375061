import { fault } from '../../model/fault.js';
import type { LinkOverdueInput, NetworkdLinkInput } from '../../model/input.js';
import type { World } from '../../model/world.js';
import { type Change, inTurn } from '../change.js';
import { findLink } from '../links.js';
import { tellLink } from './link-states.js';

/**
 * systemd-networkd may speak of this many links that the kernel has not named: what it says is never ahead of the kernel
 * by more. Whoever owns its bus name could go on forever.
 */
const MAX_UNNAMED_LINKS = 256;
/** This many inputs about one of them wait. */
const MAX_WAITING_INPUTS = 64;

/** How many more there may be. Links with states but no name are counted as all that have states, less all that have a name. */
const room = ({ kernel: { links, departed }, networkd: { states, overdue } }: World): number =>
  (links?.size ?? 0) + departed.size + MAX_UNNAMED_LINKS - states.size - overdue.size;

/** Once the queue is full, only the newest value of each property is kept. */
const behind = (inputs: readonly NetworkdLinkInput[], input: NetworkdLinkInput): readonly NetworkdLinkInput[] => {
  const last = inputs.at(-1);
  if (last === undefined || inputs.length < MAX_WAITING_INPUTS) return [...inputs, input];
  return [...inputs.slice(0, -1), { ...input, changed: { ...last.changed, ...input.changed } }];
};

/** Queues an input about a link that the kernel has not named yet, behind those about the same link. */
export const waitForLink = (world: World, input: NetworkdLinkInput): Change => {
  const { networkd } = world;
  const waiting = networkd.overdue.get(input.ifindex);
  const isNew = waiting === undefined && !networkd.states.has(input.ifindex);
  const left = room(world);
  if (isNew && left <= 0) return { world, events: [] };
  const entry = { since: waiting?.since ?? networkd.lastWait + 1, inputs: behind(waiting?.inputs ?? [], input) };
  const lastWait = Math.max(networkd.lastWait, entry.since);
  const overdue = new Map(networkd.overdue).set(input.ifindex, entry);
  const message = `systemd-networkd speaks of ${MAX_UNNAMED_LINKS} links or more that the kernel has not named: it is not heard about further ones`;
  const faults = isNew && left === 1 ? [fault('links-unnamed', message)] : [];
  return { world: { ...world, networkd: { ...networkd, lastWait, overdue } }, events: [], faults };
};

/** Applies the queued inputs of these links, whether or not the kernel has named them. */
const release = (world: World, ifindexes: readonly number[]): Change => {
  const overdue = new Map(world.networkd.overdue);
  const inputs = ifindexes.flatMap(ifindex => overdue.get(ifindex)?.inputs ?? []);
  ifindexes.forEach(ifindex => overdue.delete(ifindex));
  return inTurn({ ...world, networkd: { ...world.networkd, overdue } }, inputs, tellLink);
};

/** Applies queued inputs of links that the kernel has named by now. */
export const releaseNamed = (world: World): Change => {
  const named = [...world.networkd.overdue.keys()].filter(ifindex => findLink(world, ifindex) !== undefined);
  return named.length === 0 ? { world, events: [] } : release(world, named);
};

/** The wait has timed out: networkd's inputs are applied without the link's name. */
export const releaseOverdue = (world: World, { ifindex, since }: LinkOverdueInput): Change => {
  if (world.networkd.overdue.get(ifindex)?.since !== since) return { world, events: [] };
  const message = `link ${ifindex}: expected the kernel to name it within 1 s, only systemd-networkd knows it; its events continue without a name`;
  return { ...release(world, [ifindex]), faults: [fault('link-unnamed', message)] };
};
