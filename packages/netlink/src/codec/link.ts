/** RTM_NEWLINK, RTM_DELLINK: struct ifinfomsg and its attributes (linux/if_link.h, rtnetlink(7)). */
import { Attributes, LE, Malformed, type RawAttribute } from './attributes.js';
import * as a from './link-attributes.js';
import { decodeStats, encodeStats, type LinkStats } from './stats.js';
import { decodeXdp, encodeXdp, type Xdp } from './xdp.js';
import type { Writer } from './writer.js';
import type { Mutable } from './mutable.js';

/** A network link. */
export interface Link {
  readonly kind: 'link';
  /** AF_UNSPEC; AF_BRIDGE when the message is about the link as a port of its bridge. */
  readonly family: number;
  readonly ifindex: number;
  readonly name: string;
  readonly alternativeNames: readonly string[];
  /** ARPHRD_*: what kind of hardware, 1 is Ethernet. */
  readonly hardwareType: number;
  /** IFF_*, as they are. */
  readonly flags: number;
  /** IFF_* that this message changes, or all bits. */
  readonly change: number;
  /** Colon-separated pairs of hexadecimal digits, as many as the hardware type has. */
  readonly hardwareAddress?: string | undefined;
  readonly broadcast?: string | undefined;
  readonly permanentAddress?: string | undefined;
  readonly mtu?: number | undefined;
  readonly minMtu?: number | undefined;
  readonly maxMtu?: number | undefined;
  /** IFLA_LINK: index of the underlying link (of a VLAN, a macvlan) or of the peer (of a veth). */
  readonly parent?: number | undefined;
  /** Namespace id of the parent, when it is another than the link's. */
  readonly parentNetnsId?: number | undefined;
  /** Index of the bridge, bond or VRF that the link belongs to. */
  readonly master?: number | undefined;
  readonly alias?: string | undefined;
  readonly qdisc?: string | undefined;
  readonly txQueueLength?: number | undefined;
  readonly txQueues?: number | undefined;
  readonly rxQueues?: number | undefined;
  /** IF_OPER_* (RFC 2863): 6 is up. */
  readonly operState?: number | undefined;
  readonly linkMode?: number | undefined;
  readonly group?: number | undefined;
  /** How many ask for promiscuous mode, for all multicast. */
  readonly promiscuity?: number | undefined;
  readonly allmulti?: number | undefined;
  readonly carrier?: boolean | undefined;
  readonly carrierChanges?: number | undefined;
  readonly carrierUpCount?: number | undefined;
  readonly carrierDownCount?: number | undefined;
  readonly protoDown?: boolean | undefined;
  readonly gsoMaxSegments?: number | undefined;
  readonly gsoMaxSize?: number | undefined;
  readonly groMaxSize?: number | undefined;
  readonly tsoMaxSize?: number | undefined;
  readonly tsoMaxSegments?: number | undefined;
  readonly gsoIpv4MaxSize?: number | undefined;
  readonly groIpv4MaxSize?: number | undefined;
  /** Kind of virtual link: `veth`, `bridge`. */
  readonly infoKind?: string | undefined;
  readonly infoData?: Uint8Array | undefined;
  /** Kind of the master: `bridge` for a port of a bridge. */
  readonly slaveKind?: string | undefined;
  readonly slaveData?: Uint8Array | undefined;
  /** Device and bus behind the link: `0000:01:00.0`, `pci`. */
  readonly parentDevice?: string | undefined;
  readonly parentDeviceBus?: string | undefined;
  readonly physicalPort?: string | undefined;
  /** Namespace id that the link moves to, and its index there, when it is deleted for that. */
  readonly newNetnsId?: number | undefined;
  readonly newIfindex?: number | undefined;
  /** IFLA_EVENT_*: why the message was sent. */
  readonly event?: number | undefined;
  readonly xdp?: Xdp | undefined;
  /** What IFLA_LINKINFO and IFLA_PROP_LIST have besides. */
  readonly infoUnknown?: readonly RawAttribute[] | undefined;
  readonly propertiesUnknown?: readonly RawAttribute[] | undefined;
  readonly stats?: LinkStats | undefined;
  readonly unknown?: readonly RawAttribute[] | undefined;
}

export type LinkSpec = Partial<Link> & Pick<Link, 'kind'>;

/** Reads one message body in view[from, end). Throws Malformed. */
export function decodeLink(view: DataView, from: number, end: number): Link {
  if (end - from < 16) throw new Malformed(`link message of ${end - from} bytes, expected 16 or more`, from);
  const names: string[] = [];
  const link: Mutable<Link> = {
    kind: 'link',
    family: view.getUint8(from),
    ifindex: view.getInt32(from + 4, LE),
    name: '',
    alternativeNames: names,
    hardwareType: view.getUint16(from + 2, LE),
    flags: view.getUint32(from + 8, LE),
    change: view.getUint32(from + 12, LE),
  };
  const unknown: RawAttribute[] = [];
  const attributes = new Attributes(view, from + 16, end);
  while (attributes.next()) {
    const { type } = attributes;
    const number = a.NUMBERS.get(type);
    const text = number === undefined ? a.TEXTS.get(type) : undefined;
    if (number !== undefined) link[number] = attributes.u32();
    else if (text !== undefined) link[text] = attributes.text();
    else if (type === a.IFLA_STATS64) link.stats = decodeStats(attributes);
    else if (type === a.IFLA_ADDRESS) link.hardwareAddress = attributes.mac();
    else if (type === a.IFLA_BROADCAST) link.broadcast = attributes.mac();
    else if (type === a.IFLA_PERM_ADDRESS) link.permanentAddress = attributes.mac();
    else if (type === a.IFLA_OPERSTATE) link.operState = attributes.u8();
    else if (type === a.IFLA_LINKMODE) link.linkMode = attributes.u8();
    else if (type === a.IFLA_CARRIER) link.carrier = attributes.u8() !== 0;
    else if (type === a.IFLA_PROTO_DOWN) link.protoDown = attributes.u8() !== 0;
    else if (type === a.IFLA_LINK_NETNSID) link.parentNetnsId = attributes.i32();
    else if (type === a.IFLA_NEW_NETNSID) link.newNetnsId = attributes.i32();
    else if (type === a.IFLA_XDP) link.xdp = decodeXdp(attributes.nested());
    else if (type === a.IFLA_LINKINFO) decodeInfo(attributes.nested(), link);
    else if (type === a.IFLA_PROP_LIST) decodeNames(attributes.nested(), names, link);
    else if (!a.REDUNDANT.has(type)) unknown.push(attributes.raw());
  }
  if (unknown.length > 0) link.unknown = unknown;
  return link;
}

function decodeInfo(attributes: Attributes, link: Mutable<Link>): void {
  let unknown: RawAttribute[] | undefined;
  while (attributes.next()) {
    if (attributes.type === a.IFLA_INFO_KIND) link.infoKind = attributes.text();
    else if (attributes.type === a.IFLA_INFO_DATA) link.infoData = attributes.bytes();
    else if (attributes.type === a.IFLA_INFO_SLAVE_KIND) link.slaveKind = attributes.text();
    else if (attributes.type === a.IFLA_INFO_SLAVE_DATA) link.slaveData = attributes.bytes();
    else (unknown ??= []).push(attributes.raw());
  }
  if (unknown !== undefined) link.infoUnknown = unknown;
}

function decodeNames(attributes: Attributes, names: string[], link: Mutable<Link>): void {
  let unknown: RawAttribute[] | undefined;
  while (attributes.next())
    if (attributes.type === a.IFLA_ALT_IFNAME) names.push(attributes.text());
    else (unknown ??= []).push(attributes.raw());
  if (unknown !== undefined) link.propertiesUnknown = unknown;
}

/** Writes the message body. Throws a RangeError for text that is no hardware address, and for an empty name. */
export function encodeLink(writer: Writer, link: LinkSpec): void {
  writer.u8(link.family ?? 0, 0);
  writer.u16(link.hardwareType ?? 0);
  writer.u32(link.ifindex ?? 0, link.flags ?? 0, link.change ?? 0);
  writer.nameAttribute(a.IFLA_IFNAME, link.name);
  for (const [type, field] of a.TEXTS) if (field !== 'name') writer.textAttribute(type, link[field]);
  for (const [type, field] of a.NUMBERS) writer.u32Attribute(type, link[field]);
  writer.macAttribute(a.IFLA_ADDRESS, link.hardwareAddress);
  writer.macAttribute(a.IFLA_BROADCAST, link.broadcast);
  writer.macAttribute(a.IFLA_PERM_ADDRESS, link.permanentAddress);
  writer.u8Attribute(a.IFLA_OPERSTATE, link.operState);
  writer.u8Attribute(a.IFLA_LINKMODE, link.linkMode);
  writer.u8Attribute(a.IFLA_CARRIER, bit(link.carrier));
  writer.u8Attribute(a.IFLA_PROTO_DOWN, bit(link.protoDown));
  writer.u32Attribute(a.IFLA_LINK_NETNSID, link.parentNetnsId);
  writer.u32Attribute(a.IFLA_NEW_NETNSID, link.newNetnsId);
  const { xdp, stats, alternativeNames = [], propertiesUnknown = [] } = link;
  if (xdp !== undefined) writer.nested(a.IFLA_XDP, () => encodeXdp(writer, xdp));
  if (stats !== undefined) writer.attribute(a.IFLA_STATS64, () => encodeStats(writer, stats));
  if ([link.infoKind, link.infoData, link.slaveKind, link.slaveData, link.infoUnknown].some(part => part !== undefined))
    writer.nested(a.IFLA_LINKINFO, () => encodeInfo(writer, link));
  if (alternativeNames.length + propertiesUnknown.length > 0)
    writer.nested(a.IFLA_PROP_LIST, () => {
      for (const name of alternativeNames) writer.nameAttribute(a.IFLA_ALT_IFNAME, name);
      writer.rawAttributes(propertiesUnknown);
    });
  writer.rawAttributes(link.unknown);
}

function encodeInfo(writer: Writer, link: LinkSpec): void {
  writer.textAttribute(a.IFLA_INFO_KIND, link.infoKind);
  writer.bytesAttribute(a.IFLA_INFO_DATA, link.infoData);
  writer.textAttribute(a.IFLA_INFO_SLAVE_KIND, link.slaveKind);
  writer.bytesAttribute(a.IFLA_INFO_SLAVE_DATA, link.slaveData);
  writer.rawAttributes(link.infoUnknown);
}

const bit = (value: boolean | undefined): number | undefined => (value === undefined ? undefined : value ? 1 : 0);
