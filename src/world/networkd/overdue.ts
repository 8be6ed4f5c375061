import { fault } from '../../model/fault.js';
import type { LinkOverdueInput, NetworkdLinkInput } from '../../model/input.js';
import type { NetworkdSlice, World } from '../../model/world.js';
import { type Change, inTurn } from '../change.js';
import { findLink } from '../links.js';
import { tellLink } from './link-states.js';

/** An input of a link that the kernel has not named yet waits behind those of the same link. */
export const waitForLink = (networkd: NetworkdSlice, input: NetworkdLinkInput): NetworkdSlice => {
  const waiting = networkd.overdue.get(input.ifindex);
  const entry = { since: waiting?.since ?? networkd.lastWait + 1, inputs: [...(waiting?.inputs ?? []), input] };
  return {
    ...networkd,
    lastWait: Math.max(networkd.lastWait, entry.since),
    overdue: new Map(networkd.overdue).set(input.ifindex, entry),
  };
};

/** What waited for these links is told now, whether the kernel has named them or not. */
const release = (world: World, ifindexes: readonly number[]): Change => {
  const overdue = new Map(world.networkd.overdue);
  const inputs = ifindexes.flatMap(ifindex => overdue.get(ifindex)?.inputs ?? []);
  ifindexes.forEach(ifindex => overdue.delete(ifindex));
  return inTurn({ ...world, networkd: { ...world.networkd, overdue } }, inputs, tellLink);
};

/** What waited for a link that the kernel has named by now. */
export const releaseNamed = (world: World): Change => {
  const named = [...world.networkd.overdue.keys()].filter(ifindex => findLink(world, ifindex) !== undefined);
  return named.length === 0 ? { world, events: [] } : release(world, named);
};

/** The wait is over: networkd's words go on without the link's name. */
export const releaseOverdue = (world: World, { ifindex, since }: LinkOverdueInput): Change => {
  if (world.networkd.overdue.get(ifindex)?.since !== since) return { world, events: [] };
  const message = `link ${ifindex}: expected the kernel to name it within 1 s, only systemd-networkd knows it; its events continue without a name`;
  return { ...release(world, [ifindex]), faults: [fault('link-unnamed', message)] };
};
