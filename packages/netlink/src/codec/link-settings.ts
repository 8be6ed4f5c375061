/** RTM_NEWLINK as a request: what is to become of a link (linux/if_link.h, ip-link(8)). */
import * as k from '../constants.js';
import { encodeLinkInfo, encodePortInfo, type LinkInfo, type PortInfo } from '../link-info.js';
import type { Netns } from '../netns.js';
import * as a from './link-attributes.js';
import { encodeLink, type LinkSpec } from './link.js';
import type { Writer } from './writer.js';

const IFLA_AF_SPEC = 26;
const IFLA_NET_NS_FD = 28;
const IFLA_PROTO_DOWN_REASON = 55;
const IFLA_PROTO_DOWN_REASON_MASK = 1;
const IFLA_PROTO_DOWN_REASON_VALUE = 2;
const IFLA_INET6_TOKEN = 7;
const IFLA_INET6_ADDR_GEN_MODE = 8;
const IFF_DYNAMIC = 0x8000;

/** Fields of a listed link that can be set as they are; `master` 0 takes a link out of its bridge. */
type Settable =
  | ('name' | 'alias' | 'hardwareAddress' | 'broadcast' | 'mtu' | 'txQueueLength' | 'group' | 'master' | 'linkMode')
  | ('operState' | 'carrier' | 'protoDown' | 'gsoMaxSize' | 'gsoMaxSegments' | 'groMaxSize' | 'gsoIpv4MaxSize')
  | 'groIpv4MaxSize';

/** What to change; what is left out stays. */
export interface LinkSettings extends Pick<LinkSpec, Settable> {
  readonly up?: boolean;
  /** Of IFF_*: PROMISC, ALLMULTI, not NOARP, MULTICAST, DYNAMIC. */
  readonly promiscuous?: boolean;
  readonly allMulticast?: boolean;
  readonly arp?: boolean;
  readonly multicast?: boolean;
  readonly dynamic?: boolean;
  /** Bits that keep the protocol down, each with its own reason, and which of them are meant. */
  readonly protoDownReason?: { readonly value: number; readonly mask: number };
  /** Moves the link there. */
  readonly netns?: Netns;
  /** Settings of its kind, which cannot change itself. */
  readonly info?: LinkInfo;
  /** Settings of the port of its master. */
  readonly port?: PortInfo;
  /** IN6_ADDR_GEN_MODE_*: how link-local addresses are made: 0 EUI-64, 1 not at all, 2 stable and private, 3 random. */
  readonly addressGeneration?: number;
  /** The lower half of an IPv6 address, for those of router advertisements: `::5`. */
  readonly token?: string;
}

/** A link that is to be made. How it makes its IPv6 addresses can be set when it is there. */
export interface NewLink
  extends
    Omit<LinkSettings, 'addressGeneration' | 'token'>,
    Pick<LinkSpec, 'parent' | 'parentNetnsId' | 'txQueues' | 'rxQueues'> {
  /** Without one the kernel picks it. */
  readonly ifindex?: number;
}

/** Writes the message body; `descriptorOf` opens a network namespace. Throws a RangeError for what cannot be expressed. */
export function encodeSettings(
  writer: Writer,
  link: NewLink & LinkSettings,
  descriptorOf: (netns: Netns) => number,
): void {
  const { up, promiscuous, allMulticast, arp, multicast, dynamic, netns, info, port, protoDownReason, ...rest } = link;
  const { addressGeneration, token, ...fields } = rest;
  const bits = [
    [k.IFF_UP, up],
    [k.IFF_PROMISC, promiscuous],
    [k.IFF_ALLMULTI, allMulticast],
    [k.IFF_NOARP, arp === undefined ? undefined : !arp],
    [k.IFF_MULTICAST, multicast],
    [IFF_DYNAMIC, dynamic],
  ] as const;
  const sum = (which: (value: boolean) => boolean): number =>
    bits.reduce((all, [bit, value]) => (value !== undefined && which(value) ? all | bit : all), 0);
  encodeLink(writer, { kind: 'link', ...fields, flags: sum(value => value), change: sum(() => true) });
  if (netns !== undefined) writer.u32Attribute(IFLA_NET_NS_FD, descriptorOf(netns));
  if (protoDownReason !== undefined)
    writer.nested(IFLA_PROTO_DOWN_REASON, () => {
      writer.u32Attribute(IFLA_PROTO_DOWN_REASON_MASK, protoDownReason.mask);
      writer.u32Attribute(IFLA_PROTO_DOWN_REASON_VALUE, protoDownReason.value);
    });
  if (addressGeneration !== undefined || token !== undefined)
    writer.nested(IFLA_AF_SPEC, () =>
      writer.nested(k.AF_INET6, () => {
        writer.u8Attribute(IFLA_INET6_ADDR_GEN_MODE, addressGeneration);
        writer.ipAttribute(IFLA_INET6_TOKEN, token);
      }),
    );
  if (info === undefined && port === undefined) return;
  writer.nested(a.IFLA_LINKINFO, () => {
    writer.textAttribute(a.IFLA_INFO_KIND, info?.kind);
    if (info !== undefined)
      writer.nested(a.IFLA_INFO_DATA, () =>
        encodeLinkInfo(writer, info, peer => encodeSettings(writer, peer, descriptorOf)),
      );
    writer.textAttribute(a.IFLA_INFO_SLAVE_KIND, port?.kind);
    if (port !== undefined) writer.nested(a.IFLA_INFO_SLAVE_DATA, () => encodePortInfo(writer, port));
  });
}
