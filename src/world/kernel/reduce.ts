import type { KernelChange, KernelDumpInput, KernelInput } from '../../model/input.js';
import type { NetworkEvent } from '../../model/event.js';
import type { World } from '../../model/world.js';
import { type Change, inTurn } from '../change.js';
import { withLink, withoutLink } from '../links.js';
import { changeAddress, clearAddresses } from './addresses.js';
import { deriveStates } from './derived-states.js';
import { kernelDump } from './dump.js';
import { linkEvents, removed, sameLink } from './link-events.js';
import { counted, routeEvents } from './routes.js';
import { ruleEvents } from './rules.js';

/** These events, then those of the states that are derived for these links. */
const thenDerived = (world: World, events: readonly NetworkEvent[], ifindexes: Iterable<number>): Change => {
  const derived = deriveStates(world, ifindexes);
  return { world: derived.world, events: [...events, ...derived.events] };
};

/** One word about a link or an address. States that are derived follow each about a link: a carrier may come and go in one input. */
const linkOrAddress = (world: World, change: KernelChange): Change => {
  switch (change.what) {
    case 'link': {
      const { link } = change;
      const before = world.kernel.links?.get(link.ifindex);
      if (before !== undefined && sameLink(before, link)) return { world, events: [] };
      return thenDerived(withLink(world, link), linkEvents(before, link), [link.ifindex, before?.master ?? 0]);
    }
    case 'link-gone': {
      const before = world.kernel.links?.get(change.ifindex);
      if (before === undefined) return { world, events: [] };
      const cleared = clearAddresses(world, change.ifindex);
      const gone = [...cleared.events, removed(before)];
      return thenDerived(withoutLink(cleared.world, change.ifindex), gone, [before.master]);
    }
    case 'address':
      return changeAddress(world, change.address, change.address);
    case 'address-gone':
      return changeAddress(world, change.address, undefined);
    case 'route':
    case 'rule':
      return { world, events: [] };
  }
};

/** What the kernel told in one go: states follow from all its addresses together, and the routes of each link are one event. */
const kernelChanges = (start: World, changes: readonly KernelChange[]): Change => {
  const told = inTurn(start, changes, linkOrAddress);
  const addressed = changes.flatMap(one => ('address' in one ? one.address.ifindex : []));
  const { world, events } = thenDerived(told.world, told.events, addressed);
  return {
    world: counted(world, changes),
    events: [...events, ...routeEvents(world, changes), ...ruleEvents(changes)],
  };
};

export const reduceKernel = (world: World, input: KernelDumpInput | KernelInput): Change =>
  input.kind === 'kernel-dump' ? kernelDump(world, input) : kernelChanges(world, input.changes);
