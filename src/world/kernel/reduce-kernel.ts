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

/** These events, then those of the derived states of these links. */
const thenDerived = (world: World, events: readonly NetworkEvent[], ifindexes: Iterable<number>): Change => {
  const derived = deriveStates(world, ifindexes);
  return { world: derived.world, events: [...events, ...derived.events] };
};

/**
 * One message about a link or an address. Derived states follow each message about a link: a carrier may come and go
 * within one input.
 */
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

/** Cuts a batch before an address is added to a link that lost one in it, so that the link's states in between are told too. */
const untilReturns = (changes: readonly KernelChange[]): readonly (readonly KernelChange[])[] => {
  let part: KernelChange[] = [];
  const parts = [part];
  const losers = new Set<number>();
  for (const change of changes) {
    if (change.what === 'address' && losers.has(change.address.ifindex)) {
      parts.push((part = []));
      losers.clear();
    }
    if (change.what === 'address-gone') losers.add(change.address.ifindex);
    part.push(change);
  }
  return parts;
};

/** States are derived from all addresses of a part together. */
const linksAndAddresses = (start: World, changes: readonly KernelChange[]): Change => {
  const { world, events } = inTurn(start, changes, linkOrAddress);
  const addressed = changes.flatMap(one => ('address' in one ? one.address.ifindex : []));
  return thenDerived(world, events, addressed);
};

/** One batch of the kernel's messages: each link has one route event. */
const kernelChanges = (start: World, changes: readonly KernelChange[]): Change => {
  const { world, events } = inTurn(start, untilReturns(changes), linksAndAddresses);
  return {
    world: counted(world, changes),
    events: [...events, ...routeEvents(world, changes), ...ruleEvents(changes)],
  };
};

export const reduceKernel = (world: World, input: KernelDumpInput | KernelInput): Change =>
  input.kind === 'kernel-dump' ? kernelDump(world, input) : kernelChanges(world, input.changes);
