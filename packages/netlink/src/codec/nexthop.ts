/** Parts of a route that have a form of their own: RTA_MULTIPATH, RTA_VIA, RTA_METRICS, RTA_CACHEINFO (linux/rtnetlink.h). */
import { Attributes, LE, Malformed, type RawAttribute } from './attributes.js';
import { AF_INET, AF_INET6, AF_MPLS, AF_PACKET } from '../constants.js';
import { ipBytes, macBytes } from './ip-bytes.js';
import { ipv4Text, ipv6Text, macText } from './ip-text.js';
import { labelsBytes, labelsText } from './mpls.js';
import { RTA_GATEWAY, RTA_FLOW, RTA_VIA, RTA_NEWDST, RTA_ENCAP_TYPE, RTA_ENCAP } from './route-attributes.js';
import type { Writer } from './writer.js';
import type { Mutable } from './mutable.js';

/** A gateway of another family than the route's. */
export interface Via {
  /** AF_INET, AF_INET6, or AF_PACKET: the address is that of hardware. */
  readonly family: number;
  readonly address: string;
}

/** Lightweight tunnel of a route: LWTUNNEL_ENCAP_* and its attributes as they came. */
export interface Encap {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** One of several next hops of a route. */
export interface Nexthop {
  readonly oif: number;
  /** Share of the traffic, 1 to 256. */
  readonly weight: number;
  /** RTNH_F_*. */
  readonly flags: number;
  readonly gateway?: string | undefined;
  readonly via?: Via | undefined;
  readonly flow?: number | undefined;
  readonly encap?: Encap | undefined;
  /** As a route's. */
  readonly newDestination?: string | undefined;
  readonly unknown?: readonly RawAttribute[] | undefined;
}

/** The next hops of RTA_MULTIPATH: struct rtnexthop (length, flags, hops, ifindex) and attributes, again and again. */
export function decodeMultipath(multipath: Attributes, family: number): Nexthop[] {
  const { view } = multipath;
  const end = multipath.at + multipath.length;
  const hops: Nexthop[] = [];
  for (let at = multipath.at; at + 8 <= end;) {
    const length = view.getUint16(at, LE);
    if (length < 8 || at + length > end)
      throw new Malformed(`next hop length ${length}, expected 8 to ${end - at}`, at);
    hops.push(decodeNexthop(view, at, at + length, family));
    at += (length + 3) & ~3;
  }
  return hops;
}

function decodeNexthop(view: DataView, at: number, end: number, family: number): Nexthop {
  const hop: Mutable<Nexthop> = {
    oif: view.getInt32(at + 4, LE),
    weight: view.getUint8(at + 3) + 1,
    flags: view.getUint8(at + 2),
  };
  const unknown: RawAttribute[] = [];
  let encapType = 0;
  let encap: Uint8Array | undefined;
  const attributes = new Attributes(view, at + 8, end);
  while (attributes.next()) {
    const via = attributes.type === RTA_VIA ? decodeVia(attributes) : undefined;
    if (via !== undefined) hop.via = via;
    else if (attributes.type === RTA_GATEWAY) hop.gateway = attributes.ip(family);
    else if (attributes.type === RTA_NEWDST && family === AF_MPLS) hop.newDestination = labelsText(attributes);
    else if (attributes.type === RTA_FLOW) hop.flow = attributes.u32();
    else if (attributes.type === RTA_ENCAP_TYPE) encapType = attributes.u16();
    else if (attributes.type === RTA_ENCAP) encap = attributes.bytes();
    else unknown.push(attributes.raw());
  }
  if (encap !== undefined) hop.encap = { type: encapType, bytes: encap };
  if (unknown.length > 0) hop.unknown = unknown;
  return hop;
}

export function encodeMultipath(writer: Writer, hops: readonly Nexthop[]): void {
  for (const hop of hops) {
    writer.sized(() => {
      writer.u8(hop.flags, hop.weight - 1);
      writer.u32(hop.oif);
      writer.ipAttribute(RTA_GATEWAY, hop.gateway);
      encodeVia(writer, hop.via);
      if (hop.newDestination !== undefined) writer.bytesAttribute(RTA_NEWDST, labelsBytes(hop.newDestination));
      writer.u32Attribute(RTA_FLOW, hop.flow);
      encodeEncap(writer, hop.encap);
      writer.rawAttributes(hop.unknown);
    });
  }
}

/** struct rtvia: 16 bits family, address. Undefined: of a family whose addresses have no known form. */
export function decodeVia(attribute: Attributes): Via | undefined {
  const at = attribute.struct(2);
  const { view } = attribute;
  const family = view.getUint16(at, LE);
  const length = attribute.length - 2;
  if (family === AF_PACKET) return { family, address: macText(view, at + 2, length) };
  const expected = family === AF_INET ? 4 : family === AF_INET6 ? 16 : undefined;
  if (expected === undefined) return undefined;
  if (length !== expected)
    throw new Malformed(`via of family ${family} with ${length} bytes, expected ${expected}`, at - 4);
  return { family, address: expected === 4 ? ipv4Text(view, at + 2) : ipv6Text(view, at + 2) };
}

export function encodeVia(writer: Writer, via: Via | undefined): void {
  if (via === undefined) return;
  writer.attribute(RTA_VIA, () => {
    writer.u16(via.family);
    writer.raw(via.family === AF_PACKET ? macBytes(via.address) : ipBytes(via.address));
  });
}

export function encodeEncap(writer: Writer, encap: Encap | undefined): void {
  writer.u16Attribute(RTA_ENCAP_TYPE, encap?.type);
  if (encap !== undefined) writer.nested(RTA_ENCAP, () => writer.raw(encap.bytes));
}
