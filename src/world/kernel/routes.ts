import { RT_TABLE_LOCAL } from '@network-stack/netlink/constants';
import type { NetworkEvent, RouteEvent } from '../../model/event.js';
import type { KernelChange } from '../../model/input.js';
import { oneLine } from '../../model/values/one-line.js';
import type { RouteChange } from '../../model/route/route.js';
import type { World } from '../../model/world.js';
import { findLink } from '../links.js';
import { isTableOfLink } from '../policy-tables.js';
import { wantsEvents } from '../subscriptions.js';
import { groupBy } from '../../model/values/group-by.js';

/** Counts route messages by link. */
const countRoutes = (before: World['kernel']['routeChanges'], changes: readonly KernelChange[]) => {
  if (!changes.some(({ what }) => what === 'route')) return before;
  const counts = new Map(before);
  for (const one of changes) if (one.what === 'route') counts.set(one.ifindex, (counts.get(one.ifindex) ?? 0) + 1);
  return counts;
};

/** Does the manager of our rules and routes have to look again? */
const isOurs = (world: World, change: KernelChange): boolean =>
  (change.what === 'route' && change.ours) ||
  (change.what === 'rule' &&
    (change.ours || change.isGeneral === true || (change.table !== undefined && isTableOfLink(world, change.table))));

/** Counts route and rule messages in the World. */
export const counted = (world: World, changes: readonly KernelChange[]): World => {
  const own = changes.filter(change => isOurs(world, change)).length;
  const routeChanges = countRoutes(world.kernel.routeChanges, changes);
  if (own === 0 && routeChanges === world.kernel.routeChanges) return world;
  return { ...world, kernel: { ...world.kernel, routeChanges, ownChanges: world.kernel.ownChanges + own } };
};

/** The links of several next hops, which the source has by their numbers, by their names, where these are known. */
const withNames = (world: World, line: string): string =>
  line.replace(/ ifindex (\d+)/g, (number, ifindex: string) => {
    const name = findLink(world, Number(ifindex))?.name;
    return name === undefined ? number : ` dev ${oneLine(name)}`;
  });

const named = (world: World, change: RouteChange): RouteChange => ({
  ...change,
  route: withNames(world, change.route),
  ...(change.was !== undefined && { was: withNames(world, change.was) }),
});

const routeEvent = (world: World, ifindex: number, changes: readonly RouteChange[]): RouteEvent => ({
  kind: 'route',
  ifindex,
  name: ifindex === 0 ? '' : (findLink(world, ifindex)?.name ?? ''),
  changes,
});

/** One event per link for its routes, without our own, and without local routes unless `LocalRoutes=` is set. */
export const routeEvents = (world: World, changes: readonly KernelChange[]): readonly RouteEvent[] => {
  const tellsLocal = world.config?.network.localRoutes === true;
  const news = changes
    .filter(one => one.what === 'route')
    .filter(({ ours, table }) => !ours && (tellsLocal || table !== RT_TABLE_LOCAL));
  return [...groupBy(news, ({ ifindex }) => ifindex)].map(([ifindex, ofLink]) =>
    routeEvent(
      world,
      ifindex,
      ofLink.map(({ change }) => (ifindex === 0 ? named(world, change) : change)),
    ),
  );
};

/**
 * It is unknown what happened to routes: an event `lost` for every link and for none, if anybody wants route events.
 */
export const routesLost = (world: World): readonly NetworkEvent[] =>
  !wantsEvents(world, 'routes.d')
    ? []
    : [0, ...(world.kernel.links?.keys() ?? [])].map(ifindex =>
        routeEvent(world, ifindex, [{ action: 'lost', route: '' }]),
      );
