import { IFA_F_DADFAILED, IFA_F_DEPRECATED, IFA_F_OPTIMISTIC, IFA_F_TENTATIVE } from '@network-stack/netlink/constants';
import { type Address, addressKey } from '../../model/address.js';
import type { NetworkEvent } from '../../model/event.js';
import type { World } from '../../model/world.js';
import type { Change } from '../change.js';
import { findLink } from '../links.js';
import { withoutKey, withValue } from '../with-value.js';

export type Addresses = ReadonlyMap<string, Address>;
const none: Addresses = new Map();

/** May it be used? Duplicate detection found nothing, or need not be waited for (RFC 4429). */
export const isUsable = ({ flags }: Address): boolean =>
  (flags & IFA_F_DADFAILED) === 0 && ((flags & IFA_F_TENTATIVE) === 0 || (flags & IFA_F_OPTIMISTIC) !== 0);

export const isDeprecated = ({ flags }: Address): boolean => (flags & IFA_F_DEPRECATED) !== 0;

/** Equal in what scripts are told. Lifetimes do not count: every router advertisement changes them. */
const isSame = (a: Address, b: Address): boolean =>
  isDeprecated(a) === isDeprecated(b) && a.scope === b.scope && a.label === b.label && a.broadcast === b.broadcast;

const news = (world: World, action: 'added' | 'changed' | 'removed', address: Address): readonly NetworkEvent[] => {
  const name = findLink(world, address.ifindex)?.name ?? '';
  return [{ kind: 'address', action, ifindex: address.ifindex, name, address }];
};

/** The event for one address; an unusable address counts as none. */
const compare = (world: World, before: Address | undefined, now: Address | undefined): readonly NetworkEvent[] => {
  const was = before !== undefined && isUsable(before) ? before : undefined;
  const is = now !== undefined && isUsable(now) ? now : undefined;
  if (was === undefined) return is === undefined ? [] : news(world, 'added', is);
  if (is === undefined) return news(world, 'removed', was);
  return isSame(was, is) ? [] : news(world, 'changed', is);
};

/** The events between two complete sets of addresses of one link. */
export const compareAddresses = (world: World, before = none, now = none): readonly NetworkEvent[] => {
  const gone = [...before].filter(([key]) => !now.has(key));
  return [
    ...gone.flatMap(([, address]) => compare(world, address, undefined)),
    ...[...now].flatMap(([key, address]) => compare(world, before.get(key), address)),
  ];
};

/** All addresses by link and key, as the World keeps them. */
export const byLink = (addresses: readonly Address[]): Map<number, Map<string, Address>> => {
  const links = new Map<number, Map<string, Address>>();
  for (const address of addresses) {
    const ofLink = links.get(address.ifindex) ?? new Map<string, Address>();
    links.set(address.ifindex, ofLink.set(addressKey(address), address));
  }
  return links;
};

const withAddresses = (world: World, addresses: World['kernel']['addresses']): World => ({
  ...world,
  kernel: { ...world.kernel, addresses },
});

/** @param now undefined if the address went */
export const changeAddress = (world: World, address: Address, now: Address | undefined): Change => {
  const key = addressKey(address);
  const ofLink = world.kernel.addresses.get(address.ifindex) ?? none;
  const before = ofLink.get(key);
  if (before === undefined && now === undefined) return { world, events: [] };
  const changed = now === undefined ? withoutKey(ofLink, key) : withValue(ofLink, key, now);
  return {
    world: withAddresses(world, withValue(world.kernel.addresses, address.ifindex, changed)),
    events: compare(world, before, now),
  };
};

/** Removes the addresses of a link that went. */
export const clearAddresses = (world: World, ifindex: number): Change => {
  const had = world.kernel.addresses.get(ifindex);
  if (had === undefined) return { world, events: [] };
  return {
    world: withAddresses(world, withoutKey(world.kernel.addresses, ifindex)),
    events: compareAddresses(world, had),
  };
};
