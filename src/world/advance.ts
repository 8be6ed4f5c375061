import { fault } from '../model/fault.js';
import type { Input } from '../model/input.js';
import type { Turn, World } from '../model/world.js';
import { type Change, inTurn } from './change.js';
import { kernelChanges, kernelDump } from './kernel/reduce.js';
import { deriveAllStates, kernelTells } from './kernel/derived-states.js';
import { settleLeases } from './leases/reduce.js';
import { findLink } from './links.js';
import { networkdLeasesNow } from './leases/of-networkd.js';
import { namedOrNot, networkdLink, networkdManager, networkdSnapshot } from './networkd/reduce.js';
import { renumbered } from './renumbered.js';
import { unheardFault } from './networkd/unheard.js';

/** The world of a first boot: nothing is known and nothing was acted on. */
export const emptyWorld: World = {
  config: undefined,
  links: undefined,
  departed: new Map(),
  states: new Map(),
  manager: {},
  addresses: new Map(),
  routeChanges: new Map(),
  ownChanges: 0,
  scripts: new Map(),
  routesWanted: false,
  leases: [],
  bound: new Map(),
  actedLeases: new Map(),
  now: 0,
  sources: new Map(),
  held: [],
  overdue: new Map(),
  lastWait: 0,
  interrupted: new Map(),
  interruptedLeases: new Map(),
  lastId: 0,
};

/** The turn before the first: a world in which nothing has happened yet. */
export const begin = (world: World): Turn => ({ world, events: [], faults: [] });

const quiet = (world: World): Change => ({ world, events: [] });

/** Networkd's words that waited for a link which the kernel has named by now. */
const releaseNamed = (world: World): Change => {
  const named = [...world.overdue].filter(([ifindex]) => findLink(world, ifindex) !== undefined);
  if (named.length === 0) return quiet(world);
  const rest = new Map([...world.overdue].filter(([ifindex]) => findLink(world, ifindex) === undefined));
  return inTurn(
    { ...world, overdue: rest },
    named.flatMap(([, { inputs }]) => inputs),
    networkdLink,
  );
};

/** Whoever told of link states before: once they are the kernel's to tell, the differences are events. */
const handOver = (before: World, after: World): Change => (kernelTells(before) ? quiet(after) : deriveAllStates(after));

/** The kernel's own news first, then what waited for it. */
const thenReleaseNamed = ({ world, events }: Change): Change => {
  const released = releaseNamed(world);
  return { world: released.world, events: [...events, ...released.events] };
};

/** The wait is over: networkd's words go on without the link's name. */
const releaseOverdue = (world: World, ifindex: number, since: number): Change => {
  const waiting = world.overdue.get(ifindex);
  if (waiting?.since !== since) return quiet(world);
  const rest = new Map([...world.overdue].filter(([other]) => other !== ifindex));
  const change = inTurn({ ...world, overdue: rest }, waiting.inputs, namedOrNot);
  const message = `link ${ifindex}: expected the kernel to name it within 1 s, found only what systemd-networkd says; its events go on without a name`;
  return { ...change, faults: [fault('link-unnamed', message)] };
};

/** Do we know what is wanted and which links there are? */
const isGround = (world: World): boolean => world.config !== undefined && world.links !== undefined;

const apply = (world: World, input: Input): Change => {
  switch (input.kind) {
    case 'config':
      return handOver(world, { ...world, config: input.config });
    case 'fault':
      return { world, events: [], faults: [input.fault] };
    case 'source':
      return handOver(world, { ...world, sources: new Map(world.sources).set(input.name, input.state) });
    case 'listing':
      return quiet({ ...world, scripts: new Map(world.scripts).set(input.directory, input.scripts) });
    case 'kernel-dump':
      return thenReleaseNamed(kernelDump(world, input));
    case 'kernel':
      return thenReleaseNamed(kernelChanges(world, input.changes));
    case 'networkd-snapshot':
      return networkdSnapshot({ ...world, overdue: new Map() }, input);
    case 'networkd-link':
      return networkdLink(world, input);
    case 'networkd-manager':
      return networkdManager(world, input.changed);
    case 'networkd-unheard':
      return { world, events: [], faults: [unheardFault(world, input)] };
    case 'leases':
      return settleLeases({ ...world, leases: input.leases, now: input.now });
    case 'networkd-leases':
      return networkdLeasesNow(world, input);
    case 'clock':
      return settleLeases({ ...world, now: input.now });
    case 'extension':
      return { world, events: [input] };
    case 'link-overdue':
      return releaseOverdue(world, input.ifindex, input.since);
  }
};

const mayWait = (input: Input): boolean => input.kind.startsWith('networkd-') || input.kind === 'leases';

/** Inputs that came before the first configuration and the first kernel dump wait for both. */
const applyOrHold = (world: World, input: Input): Change => {
  if (!isGround(world) && mayWait(input)) return quiet({ ...world, held: [...world.held, input] });
  const change = apply(world, input);
  if (change.world.held.length === 0 || !isGround(change.world)) return change;
  const released = inTurn({ ...change.world, held: [] }, change.world.held, apply);
  return { ...released, events: [...change.events, ...released.events] };
};

/**
 * The fold that is the daemon's whole memory: what came in, and the world before it, make the world after it and the
 * events that tell the difference. Pure. Ids of events increase by one.
 */
export const advance = ({ world: before }: Turn, input: Input): Turn => {
  const { world: after, events, faults = [] } = applyOrHold(before, input);
  if (after === before && events.length === 0) return { world: after, events: [], faults };
  const world = renumbered(after, before.lastId + events.length);
  return { world, events: events.map((event, nth) => ({ id: before.lastId + 1 + nth, event, world })), faults };
};
