import type { Input } from '../model/input.js';
import type { Turn, World } from '../model/world.js';
import { type Change, inTurn } from './change.js';
import { deriveAllStates, kernelTells } from './kernel/derived-states.js';
import { reduceKernel } from './kernel/reduce-kernel.js';
import { reduceLeases } from './leases/reduce-leases.js';
import { releaseNamed } from './networkd/overdue.js';
import { reduceNetworkd } from './networkd/reduce-networkd.js';
import { noteLosses } from './note-losses.js';
import { reduceProgress } from './progress/reduce-progress.js';

/**
 * The World of a first boot: nothing is known and nothing has been acted on.
 *
 * @experimental
 */
export const emptyWorld: World = {
  config: undefined,
  kernel: {
    links: undefined,
    departed: new Map(),
    addresses: new Map(),
    routeChanges: new Map(),
    ownChanges: 0,
  },
  networkd: {
    states: new Map(),
    manager: {},
    overdue: new Map(),
    lastWait: 0,
    interrupted: new Map(),
  },
  leases: {
    recorded: [],
    bound: new Map(),
    acted: new Map(),
    now: 0,
    interrupted: new Map(),
  },
  progress: {
    sources: new Map(),
    scripts: new Map(),
    routesWanted: false,
    held: [],
    since: new Map(),
    made: new Map(),
  },
};

/**
 * The turn before the first: the initial World, and the id of the last event before it.
 *
 * @experimental
 */
export const begin = (world: World, lastId = 0): Turn => ({ world, events: [], faults: [], lastId });

/** Once link states are the kernel's to tell, the differences from before are events. */
const handOver = (before: World, after: World): Change =>
  kernelTells(before) ? { world: after, events: [] } : deriveAllStates(after, isSilent(before) ? true : undefined);

/** Has nobody told link states yet? */
const isSilent = ({ progress: { sources } }: World): boolean => !sources.has('systemd-networkd');

/** The kernel's events first, then networkd inputs about links that the kernel has just named. */
const thenReleaseNamed = ({ world, events }: Change): Change => {
  const released = releaseNamed(world);
  return { world: released.world, events: [...events, ...released.events] };
};

/** Are the configuration and the links known? */
const isGround = (world: World): boolean => world.config !== undefined && world.kernel.links !== undefined;

/**
 * Which input touches which slice. Inputs that decide who reports link states, or that name links, touch `networkd`
 * too.
 */
const reduce = (world: World, input: Input): Change => {
  switch (input.kind) {
    case 'config':
      return handOver(world, { ...world, config: input.config });
    case 'source':
    case 'listing':
      return handOver(world, { ...world, progress: reduceProgress(world.progress, input) });
    case 'kernel-dump':
    case 'kernel':
      return thenReleaseNamed(reduceKernel(world, input));
    case 'networkd-snapshot':
    case 'networkd-link':
    case 'networkd-manager':
    case 'networkd-unheard':
    case 'link-overdue':
      return reduceNetworkd(world, input);
    case 'leases':
    case 'networkd-leases':
    case 'clock':
      return reduceLeases(world, input);
    case 'extension':
    case 'sleep':
      return { world, events: [input] };
    case 'fault':
      return { world, events: [], faults: [input.fault] };
  }
};

const apply = (world: World, input: Input): Change => noteLosses(world, input, reduce(world, input));

const mayWait = (input: Input): boolean => input.kind.startsWith('networkd-') || input.kind === 'leases';

const holding = (world: World, held: readonly Input[]): World => ({ ...world, progress: { ...world.progress, held } });

/** Holds inputs until the first configuration and the first kernel dump. */
const applyOrHold = (world: World, input: Input): Change => {
  if (!isGround(world) && mayWait(input)) return { world: holding(world, [...world.progress.held, input]), events: [] };
  const change = apply(world, input);
  const { held } = change.world.progress;
  if (held.length === 0 || !isGround(change.world)) return change;
  const released = inTurn(holding(change.world, []), held, apply);
  return { ...released, events: [...change.events, ...released.events] };
};

/**
 * The fold that is the daemon's whole memory: from an Input and the World before it, the World after it and the events
 * that tell the difference. Pure. Event ids increase by one.
 *
 * @param at when the Input was taken in, milliseconds since the epoch: the moment of its events
 * @experimental
 */
export const advance = ({ world: before, lastId }: Turn, input: Input, at: number): Turn => {
  const { world, events, faults = [] } = applyOrHold(before, input);
  return {
    world,
    events: events.map((event, nth) => ({ id: lastId + 1 + nth, at, event, world })),
    faults,
    lastId: lastId + events.length,
  };
};
