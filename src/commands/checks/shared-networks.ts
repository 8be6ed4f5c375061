import { IFF_LOOPBACK, IFF_NOARP, IFF_UP } from '@network-stack/netlink/constants';
import type { LinkPatterns } from '../../model/config.js';
import { type Address, networkOf } from '../../model/address.js';
import type { Link } from '../../model/link.js';
import { choosesLink } from '../../world/link-patterns.js';
import { isLinkLocal, overlap, prefixOf } from '../../model/ip/prefix.js';

/** A link with IPv4 addresses, and what it does with ARP: the greater one of `conf/all` and its own (ip-sysctl). */
export interface ArpLink {
  readonly link: Link;
  readonly addresses: readonly Address[];
  readonly ignore: number;
  readonly announce: number;
  /** 1: it speaks only for addresses whose answers leave over it, and policy rules see to which these are */
  readonly filter: number;
}

/** Chosen links whose addresses others may speak for, since they are in one network. */
export interface Shared {
  readonly link: ArpLink;
  /** the first address in it: `192.0.2.6/24` */
  readonly address: string;
  readonly others: readonly ArpLink[];
}

export const isCareful = ({ ignore, announce, filter }: ArpLink): boolean => filter > 0 || (ignore > 0 && announce > 0);

/** Links that take part in ARP. */
export const isArpLink = ({ flags }: Link): boolean => (flags & (IFF_UP | IFF_LOOPBACK | IFF_NOARP)) === IFF_UP;

const inOneNetwork = (a: Address, b: Address): boolean => {
  const [one, other] = [prefixOf(networkOf(a)), prefixOf(networkOf(b))];
  return one !== undefined && other !== undefined && !isLinkLocal(one) && overlap(one, other);
};

/** The links of `patterns` that are in one network with others, where somebody is not kept from speaking for others. */
export const sharedNetworks = (links: readonly ArpLink[], patterns: LinkPatterns): readonly Shared[] =>
  links
    .filter(({ link }) => choosesLink(patterns, link))
    .flatMap(mine => {
      const shares = (address: Address) => (other: ArpLink) =>
        other !== mine && other.addresses.some(theirs => inOneNetwork(address, theirs));
      const address = mine.addresses.find(one => links.some(shares(one)));
      if (address === undefined) return [];
      const others = links.filter(shares(address));
      return [mine, ...others].every(isCareful) ? [] : [{ link: mine, address: networkOf(address), others }];
    });
