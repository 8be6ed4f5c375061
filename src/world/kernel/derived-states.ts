import type { NetworkEvent } from '../../model/event.js';
import type { Link } from '../../model/link.js';
import type { States } from '../../model/states.js';
import type { World } from '../../model/world.js';
import type { Change } from '../change.js';
import { linkStateEvents } from '../networkd/link-states.js';
import { derivedStates, type PortsOf } from './operational-state.js';
import { groupBy } from '../../model/values/group-by.js';
import { onceFor } from '../../model/values/once-for.js';

/**
 * Are link states derived from the kernel? With `Generator=rtnetlink` alone, yes; beside systemd-networkd only while
 * networkd does not own its bus name. Until that is known, no states are reported.
 */
export const kernelTells = ({ config, progress: { sources } }: World): boolean => {
  const generator = config?.system.generator ?? [];
  if (!generator.includes('rtnetlink')) return false;
  const networkd = sources.get('systemd-networkd')?.is;
  return !generator.includes('systemd-networkd') || networkd === 'waiting' || networkd === 'lost';
};

type Links = ReadonlyMap<number, Link>;
const none: readonly Link[] = [];
const noLinks: Links = new Map();

/** Ports are computed once per set of links, so that a new address costs no pass over all links. */
const portsIn = onceFor((links: Links): PortsOf => {
  const ports = groupBy(
    [...links.values()].filter(({ master }) => master !== 0),
    ({ master }) => master,
  );
  return ifindex => ports.get(ifindex) ?? none;
});

/** These links, each followed by its master, the master's master and so on. */
const withMasters = (links: Links, ifindexes: Iterable<number>): ReadonlySet<number> => {
  const all = new Set<number>();
  for (const ifindex of ifindexes)
    for (let at = links.get(ifindex); at !== undefined && !all.has(at.ifindex); at = links.get(at.master))
      all.add(at.ifindex);
  return all;
};

/** What the kernel's facts make of the states of this link; undefined: the kernel knows no such link. */
export const kernelStates = (
  { kernel: { links = noLinks, addresses } }: World,
  ifindex: number,
): States | undefined => {
  const link = links.get(ifindex);
  return link && derivedStates(link, addresses.get(ifindex)?.values() ?? [], portsIn(links));
};

/**
 * Derives the states of these links and of their masters from the kernel's facts; differences from the World are
 * events, as if networkd had reported them. Does nothing if the states are networkd's to tell.
 */
export const deriveStates = (world: World, ifindexes: Iterable<number>, atStart?: true): Change => {
  if (!kernelTells(world)) return { world, events: [] };
  const links = world.kernel.links ?? noLinks;
  const events: NetworkEvent[] = [];
  let states: Map<number, States> | undefined;
  for (const ifindex of withMasters(links, ifindexes)) {
    const now = kernelStates(world, ifindex);
    if (now === undefined) continue;
    const news = linkStateEvents(world, ifindex, now, atStart);
    if (news.length === 0) continue;
    events.push(...news);
    states ??= new Map(world.networkd.states);
    states.set(ifindex, { ...world.networkd.states.get(ifindex), ...now });
  }
  return { world: states === undefined ? world : { ...world, networkd: { ...world.networkd, states } }, events };
};

/** Derives the states of all links: at start (`atStart`), after a loss, and when networkd leaves them to the kernel. */
export const deriveAllStates = (world: World, atStart?: true): Change => {
  if (world.kernel.links === undefined || !kernelTells(world)) return { world, events: [] };
  const ifindexes = [...world.kernel.links.keys()].sort((a, b) => a - b);
  const { world: after, events } = deriveStates(world, ifindexes, atStart);
  // Only the states at start can rerun what was in progress; networkd's own states are for networkd to tell.
  const interrupted = new Map([...world.networkd.interrupted].filter(([about]) => about === 'manager'));
  return { world: { ...after, networkd: { ...after.networkd, interrupted } }, events };
};
