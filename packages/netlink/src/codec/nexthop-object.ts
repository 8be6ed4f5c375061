/** RTM_NEWNEXTHOP, RTM_DELNEXTHOP: struct nhmsg and its attributes (linux/nexthop.h, ip-nexthop(8)). */
import * as k from '../constants.js';
import * as t from '../tlv.js';
import { Attributes, LE, Malformed } from './attributes.js';
import { ipBytes } from './ip-bytes.js';
import type { Writer } from './writer.js';

/** One of a group: struct nexthop_grp. */
export interface GroupMember {
  readonly id: number;
  /** Share of the traffic, from 1. */
  readonly weight: number;
}

const MEMBER_BYTES = 8;
const members: t.Field<readonly GroupMember[]> = {
  type: 2,
  read({ view, at, length }) {
    return Array.from({ length: Math.floor(length / MEMBER_BYTES) }, (_, nth) => {
      const member = at + nth * MEMBER_BYTES;
      // The upper half of the weight came with Linux 6.12.
      const weight = view.getUint8(member + 4) + view.getUint8(member + 5) * 256 + 1;
      return { id: view.getUint32(member, LE), weight };
    });
  },
  write: (writer, type, group) =>
    writer.attribute(type, () => {
      for (const { id, weight } of group) {
        writer.u32(id);
        writer.u8((weight - 1) & 255, (weight - 1) >> 8, 0, 0);
      }
    }),
};

const rest = /* @__PURE__ */ t.attributes({
  id: t.u32(1),
  group: members,
  /** NEXTHOP_GRP_TYPE_*: 0 by hash of the flow, 1 resilient. */
  groupType: t.u16(3),
  blackhole: t.flag(4),
  /** Index of the link that packets leave by. */
  oif: t.u32(5),
  gateway: t.ip(6),
  /** LWTUNNEL_ENCAP_*, and its attributes as they came: see encapOf. */
  encapType: t.u16(7),
  encap: t.bytes(8),
  /** For entries of a forwarding database. */
  fdb: t.flag(11),
  /** Of a resilient group; times are in hundredths of a second. */
  resilient: t.nested(
    12,
    t.attributes({ buckets: t.u16(1), idleTimer: t.u32(2), unbalancedTimer: t.u32(3), unbalancedTime: t.u64(4) }),
  ),
  opFlags: t.u32(14),
});

/** A next hop, or a group of them, that routes lead to by its id. */
export interface NexthopObject extends NonNullable<ReturnType<typeof rest.decode>> {
  readonly kind: 'nexthop';
  /** AF_INET, AF_INET6, or AF_UNSPEC for a group. */
  readonly family: number;
  readonly scope: number;
  /** RTPROT_*: who set it. */
  readonly protocol: number;
  /** RTNH_F_*. */
  readonly flags: number;
}

/** What it needs to be added or deleted; the family follows from the gateway. Without an id the kernel picks one. */
export type NexthopObjectSpec = Partial<NexthopObject> & Pick<NexthopObject, 'kind'>;

/** Reads one message body in view[from, end). Throws Malformed. */
export function decodeNexthopObject(view: DataView, from: number, end: number): NexthopObject {
  if (end - from < 8) throw new Malformed(`next hop message of ${end - from} bytes, expected 8 or more`, from);
  return {
    kind: 'nexthop',
    family: view.getUint8(from),
    scope: view.getUint8(from + 1),
    protocol: view.getUint8(from + 2),
    flags: view.getUint32(from + 4, LE),
    ...rest.read(new Attributes(view, from + 8, end)),
  };
}

/** Writes the message body. Throws a RangeError for text that is no address. */
export function encodeNexthopObject(writer: Writer, object: NexthopObjectSpec): void {
  const { family, protocol = k.RTPROT_BOOT, flags = 0, gateway, group, scope = 0 } = object;
  const ofGateway = gateway !== undefined && ipBytes(gateway).length === 16 ? k.AF_INET6 : k.AF_INET;
  writer.u8(family ?? (group === undefined ? ofGateway : k.AF_UNSPEC), scope, protocol, 0);
  writer.u32(flags);
  rest.write(writer, object);
}
