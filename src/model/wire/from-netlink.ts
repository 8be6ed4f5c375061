import { AF_BRIDGE, AF_INET, AF_INET6, INFINITE_LIFETIME } from '@network-stack/netlink/constants';
import type * as netlink from '@network-stack/netlink';
import type { Address } from '../address.js';
import type { KernelChange } from '../input.js';
import type { Link } from '../link.js';
import { isGeneralRule } from './general-rule.js';
import type { RouteChange } from '../route/route.js';
import type { RuleChange } from '../route/rule.js';

/** The protocol number that routes and rules of our own carry. */
export const OUR_PROTOCOL = 217;

/** linux/if_link.h: the one attribute in the data of a VRF. */
const IFLA_VRF_TABLE = 1;

const vrfTable = ({ infoKind, infoData = new Uint8Array() }: netlink.Link): Pick<Link, 'vrfTable'> => {
  if (infoKind !== 'vrf' || infoData.length < 8) return {};
  const { buffer, byteOffset } = infoData;
  const [type] = new Uint16Array(buffer.slice(byteOffset + 2, byteOffset + 4));
  const [table] = new Uint32Array(buffer.slice(byteOffset + 4, byteOffset + 8));
  return type === IFLA_VRF_TABLE && table !== undefined ? { vrfTable: table } : {};
};

/** What is known of a link that was told of by itself; a field that the kernel did not tell is absent. */
const given = ({ hardwareAddress, mtu, txQueueLength, alias, parent, group }: netlink.Link): Partial<Link> => ({
  ...(hardwareAddress !== undefined && { hardwareAddress }),
  ...(mtu !== undefined && { mtu }),
  ...(txQueueLength !== undefined && { txQueueLength }),
  ...(alias !== undefined && { alias }),
  ...(parent !== undefined && { parent }),
  ...(group !== undefined && { group }),
});

/** Its parent may be in another network namespace. */
const macvlanOf = ({ infoKind, parent, parentNetnsId }: netlink.Link): Pick<Link, 'macvlanOf'> =>
  infoKind === 'macvlan' && parent !== undefined && parentNetnsId === undefined ? { macvlanOf: parent } : {};

export const toLink = (link: netlink.Link): Link => ({
  ifindex: link.ifindex,
  name: link.name,
  alternativeNames: link.alternativeNames,
  flags: link.flags,
  operState: link.operState ?? 0,
  master: link.master ?? 0,
  hardwareType: link.hardwareType,
  kind: link.infoKind ?? '',
  ...macvlanOf(link),
  ...vrfTable(link),
  ...given(link),
});

export const toAddress = (address: netlink.Address): Address => ({
  ifindex: address.ifindex,
  family: address.family === AF_INET ? 'ipv4' : 'ipv6',
  address: address.address,
  prefixLength: address.prefixLength,
  scope: address.scope,
  flags: address.flags,
  label: address.label ?? '',
  broadcast: address.broadcast ?? '',
  peer: address.peer ?? '',
  preferredLifetime: address.preferredLifetime ?? INFINITE_LIFETIME,
  validLifetime: address.validLifetime ?? INFINITE_LIFETIME,
});

/** @param now when the kernel said so, milliseconds since the epoch */
export const toAddressAt = (now: number, address: netlink.Address): Address => {
  const told = toAddress(address);
  return told.validLifetime === INFINITE_LIFETIME ? told : { ...told, until: now + told.validLifetime * 1000 };
};

/** What messages about routes and rules tell. */
export interface News {
  readonly ofRoute: (message: Pick<netlink.ObjectMessage, 'kind' | 'flags'>, route: netlink.Route) => RouteChange;
  readonly ofRule: (message: Pick<netlink.ObjectMessage, 'kind'>, rule: netlink.Rule) => RuleChange;
}

const toChange = (message: netlink.ObjectMessage, news: News, now: number): KernelChange | undefined => {
  const { kind, object } = message;
  switch (object.kind) {
    case 'link':
      // AF_BRIDGE speaks of the link as a port of its bridge: leaving the bridge is no end of the link.
      if (object.family === AF_BRIDGE) return undefined;
      return kind === 'new' ? { what: 'link', link: toLink(object) } : { what: 'link-gone', ifindex: object.ifindex };
    case 'address':
      return kind === 'new'
        ? { what: 'address', address: toAddressAt(now, object) }
        : { what: 'address-gone', address: toAddress(object) };
    case 'route': {
      const { oif = 0, table, protocol } = object;
      return {
        what: 'route',
        ifindex: oif,
        table,
        change: news.ofRoute(message, object),
        ours: protocol === OUR_PROTOCOL,
      };
    }
    case 'rule':
      // Rules of multicast routing come to the same groups, with families of their own (linux/mroute.h).
      if (object.family !== AF_INET && object.family !== AF_INET6) return undefined;
      return {
        what: 'rule',
        ours: object.protocol === OUR_PROTOCOL,
        change: news.ofRule(message, object),
        table: object.table,
        ...(isGeneralRule(object) ? { isGeneral: true } : {}),
      };
  }
};

/**
 * What a batch of messages tells; what cannot be read, or is not known, tells nothing.
 *
 * @param now milliseconds since the epoch
 */
export const kernelChangesOf = (batch: readonly netlink.Message[], news: News, now: number): readonly KernelChange[] =>
  batch.flatMap(message => {
    const change = message.kind === 'new' || message.kind === 'delete' ? toChange(message, news, now) : undefined;
    return change === undefined ? [] : [change];
  });
