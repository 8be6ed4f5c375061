import { IFA_F_DADFAILED, IFA_F_DEPRECATED, IFA_F_OPTIMISTIC, IFA_F_TENTATIVE } from '@network-stack/netlink/constants';
import { type Address, addressKey } from '../../model/address.js';
import type { NetworkEvent } from '../../model/event.js';
import type { World } from '../../model/world.js';
import { findLink } from '../links.js';
import { withValue, withValues } from '../with-value.js';

export type Addresses = ReadonlyMap<string, Address>;
const none: Addresses = new Map();

/** May it be used: duplicate detection is done and found nothing, or need not be waited for (RFC 4429)? */
export const isUsable = ({ flags }: Address): boolean =>
  (flags & IFA_F_DADFAILED) === 0 && ((flags & IFA_F_TENTATIVE) === 0 || (flags & IFA_F_OPTIMISTIC) !== 0);

export const isDeprecated = ({ flags }: Address): boolean => (flags & IFA_F_DEPRECATED) !== 0;

/** Alike in what scripts are told of; lifetimes are not, every router advertisement changes them. */
const isSame = (a: Address, b: Address): boolean =>
  isDeprecated(a) === isDeprecated(b) && a.scope === b.scope && a.label === b.label && a.broadcast === b.broadcast;

const news = (world: World, action: 'added' | 'changed' | 'removed', address: Address): readonly NetworkEvent[] => {
  const name = findLink(world, address.ifindex)?.name ?? '';
  return [{ kind: 'address', action, ifindex: address.ifindex, name, address }];
};

/** What became of one address, as an event; an address that cannot be used is as good as none. */
const compare = (world: World, before: Address | undefined, now: Address | undefined): readonly NetworkEvent[] => {
  const was = before !== undefined && isUsable(before) ? before : undefined;
  const is = now !== undefined && isUsable(now) ? now : undefined;
  if (was === undefined) return is === undefined ? [] : news(world, 'added', is);
  if (is === undefined) return news(world, 'removed', was);
  return isSame(was, is) ? [] : news(world, 'changed', is);
};

/** The events that make the addresses of one link, all of them, into others. */
export const compareAddresses = (world: World, ifindex: number, now: Addresses): readonly NetworkEvent[] => {
  const before = world.kernel.addresses.get(ifindex) ?? none;
  const gone = [...before]
    .filter(([key]) => !now.has(key))
    .flatMap(([, address]) => compare(world, address, undefined));
  return [...gone, ...[...now].flatMap(([key, address]) => compare(world, before.get(key), address))];
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

/**
 * The addresses of a world while one input changes them: those of a link are copied once for an input, if at all, not once
 * for each message.
 */
export const addressDraft = (start: ReadonlyMap<number, Addresses>) => {
  let all = start;
  /** what is not in `all` yet; undefined: it went */
  const changes = new Map<number, Map<string, Address | undefined>>();
  const end = (): ReadonlyMap<number, Addresses> => {
    for (const [ifindex, ofLink] of changes)
      all = withValue(all, ifindex, withValues(all.get(ifindex) ?? none, ofLink));
    changes.clear();
    return all;
  };
  return {
    /** `now` undefined: the address went */
    set: (world: World, address: Address, now: Address | undefined): readonly NetworkEvent[] => {
      const key = addressKey(address);
      const ofLink = changes.get(address.ifindex) ?? new Map<string, Address | undefined>();
      const before = ofLink.has(key) ? ofLink.get(key) : all.get(address.ifindex)?.get(key);
      if (before === undefined && now === undefined) return [];
      changes.set(address.ifindex, ofLink.set(key, now));
      return compare(world, before, now);
    },
    /** the link went, its addresses with it */
    clear: (world: World, ifindex: number): readonly NetworkEvent[] => {
      const had = end().get(ifindex);
      if (had === undefined) return [];
      all = withValues(all, new Map([[ifindex, undefined]]));
      return [...had.values()].flatMap(address => compare(world, address, undefined));
    },
    end,
  };
};
