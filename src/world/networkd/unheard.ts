import type { Address } from '../../model/address.js';
import { fault, type Fault } from '../../model/fault.js';
import type { NetworkdUnheardInput, Unheard } from '../../model/input.js';
import type { Link } from '../../model/link.js';
import type { States } from '../../model/states.js';
import type { World } from '../../model/world.js';
import { findLink } from '../links.js';
import { difference, pastPassing } from './changed-states.js';

/** Is systemd-networkd listened to, and connected? */
export const isHeard = ({ config, progress: { sources } }: World): boolean =>
  config?.system.generator.includes('systemd-networkd') === true && sources.get('systemd-networkd')?.is === 'serving';

/** What it signals first of each new link; other properties are signalled only once they differ from their initial value. */
const first: ReadonlySet<string> = new Set(['CarrierState', 'OperationalState']);

/**
 * The states in networkd's file that were not heard over the bus. A property never heard before is no difference unless it is among the
 * `first`, as networkd does not signal a new link's other initial states; nor is a passing state. A link never heard of is one. Nothing
 * while networkd is not connected.
 */
export const unheard = (world: World, about: Unheard['about'], written: States): readonly Unheard[] => {
  if (!isHeard(world) || Object.keys(written).length === 0) return [];
  const before = about === 'manager' ? world.networkd.manager : world.networkd.states.get(about);
  if (before === undefined) return [{ about, written, heard: {} }];
  return difference(before, pastPassing(before, written)).flatMap(({ changed, previous }) => {
    const isOfLink = about !== 'manager';
    const lost = Object.entries(changed).filter(([name]) => name in previous || (isOfLink && first.has(name)));
    return lost.length === 0 ? [] : [{ about, written: Object.fromEntries(lost), heard: previous }];
  });
};

type Addresses = ReadonlyMap<string, Address> | undefined;

/** Ignores lifetimes: every router advertisement changes those, and neighbors may send them without end. */
const sameAddresses = (before: Addresses, now: Addresses): boolean =>
  before === now ||
  (before?.size === now?.size && [...(now ?? [])].every(([key, { flags }]) => before?.get(key)?.flags === flags));

/** The links of which the kernel has told something between these Worlds, and the masters of these, whose states depend on their ports'. */
export const toldByKernel = (before: World, now: World): readonly number[] => {
  const [was, is] = [before.kernel.links, now.kernel.links ?? new Map<number, Link>()];
  if (was === undefined) return [];
  const told = [...is.keys()].filter(
    ifindex =>
      was.get(ifindex) !== is.get(ifindex) ||
      !sameAddresses(before.kernel.addresses.get(ifindex), now.kernel.addresses.get(ifindex)),
  );
  const gone = was === is ? [] : [...was.keys()].filter(ifindex => !is.has(ifindex));
  const masters = [...told, ...gone].flatMap(ifindex => [was.get(ifindex)?.master ?? 0, is.get(ifindex)?.master ?? 0]);
  return [...new Set([...told, ...masters.filter(ifindex => is.has(ifindex))])];
};

const MAX_NAMED = 3;

const inWords = (world: World, { about, written, heard }: Unheard): string => {
  const name = about === 'manager' ? 'itself' : (findLink(world, about)?.name ?? `link ${about}`);
  const states = Object.entries(written).map(
    ([state, value]) => `${state}=${value} instead of ${heard[state] ?? 'nothing'}`,
  );
  return `${name}: ${states.join(', ')}`;
};

/** For people: which signals were lost. */
export const unheardFault = (world: World, { unheard: all }: NetworkdUnheardInput): Fault => {
  const named = all.slice(0, MAX_NAMED).map(one => inWords(world, one));
  const more = all.length > MAX_NAMED ? [`${all.length - MAX_NAMED} more`] : [];
  return fault(
    'signals-lost',
    `systemd-networkd changed states without being heard (${[...named, ...more].join('; ')}): the bus drops signals when others flood it; querying networkd again`,
  );
};
