import type { KernelDumpInput } from '../../model/input.js';
import type { World } from '../../model/world.js';
import type { Change } from '../change.js';
import { withLinks } from '../links.js';
import { byLink, compareAddresses } from './addresses.js';
import { deriveAllStates } from './derived-states.js';
import { linkEvents, removed } from './link-events.js';
import { routesLost } from './routes.js';
import { rulesLost } from './rules.js';

/**
 * All links and addresses anew: differences are events. The first dump of a run brings none, as links.d and addresses.d
 * report changes; derived states are those at start.
 */
export const kernelDump = (start: World, dump: KernelDumpInput): Change => {
  const world = withLinks(start, dump.links);
  const addresses = byLink(dump.addresses);
  const routeChanges = dump.afterLoss
    ? new Map([...(world.kernel.links?.keys() ?? []), 0].map(i => [i, (start.kernel.routeChanges.get(i) ?? 0) + 1]))
    : start.kernel.routeChanges;
  const after: World = {
    ...world,
    kernel: { ...world.kernel, addresses, routeChanges, ownChanges: start.kernel.ownChanges + 1 },
  };
  const { links } = start.kernel;
  const derived = deriveAllStates(after, links === undefined ? true : undefined);
  if (links === undefined) return derived;
  const gone = [...links.values()].filter(({ ifindex }) => !after.kernel.links?.has(ifindex));
  const wentAlong = new Set(gone.map(({ ifindex }) => ifindex));
  const addressed = [...new Set([...start.kernel.addresses.keys(), ...addresses.keys()])].filter(
    i => !wentAlong.has(i),
  );
  return {
    world: derived.world,
    events: [
      ...gone.flatMap(link => [...compareAddresses(start, start.kernel.addresses.get(link.ifindex)), removed(link)]),
      ...dump.links.flatMap(link => linkEvents(links.get(link.ifindex), link)),
      ...addressed.flatMap(i => compareAddresses(after, start.kernel.addresses.get(i), addresses.get(i))),
      ...derived.events,
      ...(dump.afterLoss ? [...routesLost(after), ...rulesLost(after)] : []),
    ],
  };
};
