import type { NetworkEvent, RouteEvent } from '../../model/event.js';
import type { KernelChange, KernelDumpInput, KernelInput } from '../../model/input.js';
import type { Link } from '../../model/link.js';
import type { RouteChange } from '../../model/route.js';
import type { World } from '../../model/world.js';
import { addressDraft, byLink, compareAddresses } from './addresses.js';
import { append, type Change } from '../change.js';
import { deriveAllStates, deriveStates } from './derived-states.js';
import { wantsRouteEvents } from '../subscriptions.js';
import { isTableOfLink } from '../policy-tables.js';
import { findLink, withLink, withLinks, withoutLink } from '../links.js';

const sameLink = (a: Link, b: Link): boolean =>
  a.name === b.name &&
  a.flags === b.flags &&
  a.operState === b.operState &&
  a.master === b.master &&
  a.hardwareType === b.hardwareType &&
  a.kind === b.kind &&
  a.vrfTable === b.vrfTable &&
  a.alternativeNames.length === b.alternativeNames.length &&
  a.alternativeNames.every((name, nth) => name === b.alternativeNames[nth]);

const linkEvents = (before: Link | undefined, { ifindex, name }: Link): readonly NetworkEvent[] => {
  if (before === undefined) return [{ kind: 'link', action: 'added', ifindex, name, oldName: '' }];
  return before.name === name ? [] : [{ kind: 'link', action: 'renamed', ifindex, name, oldName: before.name }];
};

const removed = ({ ifindex, name }: Link): NetworkEvent => ({
  kind: 'link',
  action: 'removed',
  ifindex,
  name,
  oldName: '',
});

const routeEvent = (world: World, ifindex: number, changes: readonly RouteChange[]): RouteEvent => ({
  kind: 'route',
  ifindex,
  name: ifindex === 0 ? '' : (findLink(world, ifindex)?.name ?? ''),
  changes,
});

/**
 * What the kernel told in one go: links and addresses one by one, the routes of each link in one event. States that are
 * derived follow each word about a link, so that a carrier that comes and goes is not lost, and all words about addresses.
 */
const kernelChanges = (start: World, changes: readonly KernelChange[]): Change => {
  const events: NetworkEvent[] = [];
  const addresses = addressDraft(start.kernel.addresses);
  const routes = new Map<number, RouteChange[]>();
  const counts = new Map<number, number>();
  const addressed = new Set<number>();
  let world = start;
  let own = 0;
  const derive = (...ifindexes: readonly number[]): void => {
    const derived = deriveStates({ ...world, kernel: { ...world.kernel, addresses: addresses.end() } }, ifindexes);
    world = derived.world;
    append(events, derived.events);
  };
  for (const change of changes)
    switch (change.what) {
      case 'link': {
        const before = world.kernel.links?.get(change.link.ifindex);
        if (before !== undefined && sameLink(before, change.link)) break;
        world = withLink(world, change.link);
        events.push(...linkEvents(before, change.link));
        derive(change.link.ifindex, before?.master ?? 0);
        break;
      }
      case 'link-gone': {
        const before = world.kernel.links?.get(change.ifindex);
        if (before === undefined) break;
        append(events, addresses.clear(world, change.ifindex));
        events.push(removed(before));
        world = withoutLink(world, change.ifindex);
        derive(before.master);
        break;
      }
      case 'address':
        events.push(...addresses.set(world, change.address, change.address));
        addressed.add(change.address.ifindex);
        break;
      case 'address-gone':
        events.push(...addresses.set(world, change.address, undefined));
        addressed.add(change.address.ifindex);
        break;
      case 'route': {
        counts.set(change.ifindex, (counts.get(change.ifindex) ?? 0) + 1);
        if (change.ours) {
          own += 1;
          break;
        }
        const ofLink = routes.get(change.ifindex) ?? [];
        ofLink.push(change.change);
        routes.set(change.ifindex, ofLink);
        break;
      }
      case 'rule':
        if (change.ours || (change.table !== undefined && isTableOfLink(world, change.table))) own += 1;
        break;
    }
  derive(...addressed);
  for (const [ifindex, ofLink] of routes) events.push(routeEvent(world, ifindex, ofLink));
  const routeChanges =
    counts.size === 0
      ? world.kernel.routeChanges
      : new Map([
          ...world.kernel.routeChanges,
          ...[...counts].map(([i, n]): [number, number] => [i, n + (world.kernel.routeChanges.get(i) ?? 0)]),
        ]);
  return {
    world: {
      ...world,
      kernel: { ...world.kernel, addresses: addresses.end(), routeChanges, ownChanges: world.kernel.ownChanges + own },
    },
    events,
  };
};

/** Nobody knows what happened to routes: who wants to know is told so, for every link and for none. */
const routesLost = (world: World): readonly NetworkEvent[] =>
  !wantsRouteEvents(world)
    ? []
    : [0, ...(world.kernel.links?.keys() ?? [])].map(ifindex =>
        routeEvent(world, ifindex, [{ action: 'lost', route: '' }]),
      );

/**
 * All links and addresses anew: the differences are the events. The first dump of a run is no news: links.d and
 * addresses.d report changes; the states that are derived from it are the state at start.
 */
const kernelDump = (start: World, dump: KernelDumpInput): Change => {
  const world = withLinks(start, dump.links);
  const addresses = byLink(dump.addresses);
  const routeChanges = dump.afterLoss
    ? new Map([...(world.kernel.links?.keys() ?? []), 0].map(i => [i, (start.kernel.routeChanges.get(i) ?? 0) + 1]))
    : start.kernel.routeChanges;
  const after: World = {
    ...world,
    kernel: { ...world.kernel, addresses, routeChanges, ownChanges: start.kernel.ownChanges + 1 },
  };
  const derived = deriveAllStates(after);
  if (start.kernel.links === undefined) return derived;
  const {
    kernel: { links },
  } = start;
  const gone = [...links.values()].filter(({ ifindex }) => !after.kernel.links?.has(ifindex));
  const withAddresses = new Set([...start.kernel.addresses.keys(), ...addresses.keys()]);
  const ofGone = gone.flatMap(link => {
    withAddresses.delete(link.ifindex);
    return [...compareAddresses(start, link.ifindex, new Map()), removed(link)];
  });
  const ofLinks = dump.links.flatMap(link => linkEvents(links.get(link.ifindex), link));
  const ofAddresses = [...withAddresses].flatMap(ifindex =>
    compareAddresses(
      { ...after, kernel: { ...after.kernel, addresses: start.kernel.addresses } },
      ifindex,
      addresses.get(ifindex) ?? new Map(),
    ),
  );
  return {
    world: derived.world,
    events: [...ofGone, ...ofLinks, ...ofAddresses, ...derived.events, ...(dump.afterLoss ? routesLost(after) : [])],
  };
};

export const reduceKernel = (world: World, input: KernelDumpInput | KernelInput): Change =>
  input.kind === 'kernel-dump' ? kernelDump(world, input) : kernelChanges(world, input.changes);
