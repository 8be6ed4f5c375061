import type {
  LinkOverdueInput,
  NetworkdLinkInput,
  NetworkdManagerInput,
  NetworkdSnapshotInput,
  NetworkdUnheardInput,
} from '../../model/input.js';
import type { States } from '../../model/states.js';
import type { NetworkdSlice, World } from '../../model/world.js';
import { type Change, inTurn } from '../change.js';
import { findLink } from '../links.js';
import { difference, markReruns, pastPassing, tooMany } from './changed-states.js';
import { linkStateEvents, tellLink } from './link-states.js';
import { releaseOverdue, waitForLink } from './overdue.js';
import { unheardFault } from './unheard.js';

const isKnown = (world: World, ifindex: number): boolean => findLink(world, ifindex) !== undefined;

/** networkd reported properties of a link. A link that the kernel has not named yet has to wait. */
const networkdLink = (world: World, input: NetworkdLinkInput): Change =>
  isKnown(world, input.ifindex) ? tellLink(world, input) : waitForLink(world, input);

/** networkd reported properties of its own. */
const networkdManager = (world: World, now: States): Change => {
  const manager = { ...world.networkd.manager, ...now };
  const refused = tooMany(manager, 'systemd-networkd');
  if (refused !== undefined) return { world, events: [], faults: [refused] };
  return {
    world: { ...world, networkd: { ...world.networkd, manager } },
    events: difference(world.networkd.manager, now)
      .flatMap(news => markReruns(news, world.networkd.interrupted.get('manager')))
      .map(news => ({ kind: 'manager-state', ...news })),
  };
};

/** Compares everything that networkd says of itself and its links with the World: differences are events. */
const networkdSnapshot = (world: World, { links, manager, atStart }: NetworkdSnapshotInput): Change => {
  const { states } = world.networkd;
  const named = [...links]
    .filter(([ifindex]) => isKnown(world, ifindex))
    .map(([ifindex, now]): [number, States] => [ifindex, pastPassing(states.get(ifindex), now)])
    .sort(([a], [b]) => a - b);
  const judged = named.map(([ifindex, now]) => ({
    ifindex,
    now,
    refused: tooMany({ ...states.get(ifindex), ...now }, `link ${ifindex}`),
  }));
  const known = judged.filter(({ refused }) => refused === undefined);
  const unknown = [...links].filter(([ifindex]) => !isKnown(world, ifindex));
  const ofManager = networkdManager(world, manager);
  const compared: NetworkdSlice = {
    ...ofManager.world.networkd,
    states: new Map(known.map(({ ifindex, now }) => [ifindex, { ...states.get(ifindex), ...now }])),
    overdue: new Map(),
    interrupted: new Map(),
  };
  const waiting = inTurn({ ...world, networkd: compared }, unknown, (now, [ifindex, changed]) =>
    waitForLink(now, { kind: 'networkd-link', ifindex, changed }),
  );
  return {
    world: waiting.world,
    events: [
      ...known.flatMap(({ ifindex, now }) => linkStateEvents(world, ifindex, now, atStart)),
      ...ofManager.events,
    ],
    faults: [...judged.flatMap(({ refused }) => refused ?? []), ...(ofManager.faults ?? []), ...(waiting.faults ?? [])],
  };
};

export const reduceNetworkd = (
  world: World,
  input: NetworkdSnapshotInput | NetworkdLinkInput | NetworkdManagerInput | NetworkdUnheardInput | LinkOverdueInput,
): Change => {
  switch (input.kind) {
    case 'networkd-snapshot':
      return networkdSnapshot(world, input);
    case 'networkd-link':
      return networkdLink(world, input);
    case 'networkd-manager':
      return networkdManager(world, input.changed);
    case 'networkd-unheard':
      return { world, events: [], faults: [unheardFault(world, input)] };
    case 'link-overdue':
      return releaseOverdue(world, input);
  }
};
