import type { NetworkdLinkInput, NetworkdSnapshotInput } from '../../model/input.js';
import type { States } from '../../model/link.js';
import type { World } from '../../model/world.js';
import type { Change } from '../change.js';
import { linkStateEvents } from './link-states.js';
import { findLink } from '../links.js';
import { difference, markReruns } from './changed-states.js';
import { withValue } from '../with-value.js';

const isKnown = (world: World, ifindex: number): boolean => findLink(world, ifindex) !== undefined;

/** An input of a link that the kernel has not named yet waits behind those of the same link. */
const waitForLink = (world: World, input: NetworkdLinkInput): World => {
  const waiting = world.overdue.get(input.ifindex);
  const entry = { since: waiting?.since ?? world.lastWait + 1, inputs: [...(waiting?.inputs ?? []), input] };
  return {
    ...world,
    lastWait: Math.max(world.lastWait, entry.since),
    overdue: new Map(world.overdue).set(input.ifindex, entry),
  };
};

/** networkd said that properties of a link are now so: what differs from the World is an event. */
export const networkdLink = (world: World, input: NetworkdLinkInput): Change =>
  isKnown(world, input.ifindex) ? namedOrNot(world, input) : { world: waitForLink(world, input), events: [] };

/** The same, without waiting for the link's name any longer. */
export const namedOrNot = (world: World, { ifindex, changed }: NetworkdLinkInput): Change => {
  const events = linkStateEvents(world, ifindex, changed);
  if (events.length === 0) return { world, events };
  const states = withValue(world.states, ifindex, { ...world.states.get(ifindex), ...changed });
  return { world: { ...world, states }, events };
};

/** networkd said that properties of its own are now so. */
export const networkdManager = (world: World, now: States): Change => ({
  world: { ...world, manager: { ...world.manager, ...now } },
  events: difference(world.manager, now)
    .flatMap(news => markReruns(news, world.interrupted.get('manager')))
    .map(news => ({ kind: 'manager-state', ...news })),
});

const passing: ReadonlySet<string | undefined> = new Set(['pending', 'initialized', 'configuring']);

/**
 * After each of its restarts networkd passes through these administrative states and ends where it was, without a signal
 * for most of them: a snapshot that happens to see one is no news about a link that was past them.
 */
export const pastPassing = (before: States | undefined, now: States): States => {
  const was = before?.AdministrativeState;
  return was === undefined || passing.has(was) || !passing.has(now.AdministrativeState)
    ? now
    : { ...now, AdministrativeState: was };
};

/** Everything that networkd says of itself and its links, compared with the World: the differences are the events. */
export const networkdSnapshot = (world: World, { links, manager }: NetworkdSnapshotInput): Change => {
  const known = [...links]
    .filter(([ifindex]) => isKnown(world, ifindex))
    .map(([ifindex, now]): [number, States] => [ifindex, pastPassing(world.states.get(ifindex), now)])
    .sort(([a], [b]) => a - b);
  const unknown = [...links].filter(([ifindex]) => !isKnown(world, ifindex));
  const ofManager = networkdManager(world, manager);
  const events = [...known.flatMap(([ifindex, now]) => linkStateEvents(world, ifindex, now)), ...ofManager.events];
  const compared: World = {
    ...ofManager.world,
    states: new Map(known.map(([ifindex, now]) => [ifindex, { ...world.states.get(ifindex), ...now }])),
    interrupted: new Map(),
  };
  const waiting = unknown.reduce<World>(
    (w, [ifindex, changed]) => waitForLink(w, { kind: 'networkd-link', ifindex, changed }),
    compared,
  );
  return { world: waiting, events };
};
