/** RTM_NEWNEIGH, RTM_DELNEIGH: struct ndmsg and its attributes (linux/neighbour.h, ip-neighbour(8), bridge(8)). */
import * as k from '../constants.js';
import * as t from '../tlv.js';
import { Attributes, LE, Malformed } from './attributes.js';
import { ipBytes } from './ip-bytes.js';
import type { Writer } from './writer.js';

/** struct nda_cacheinfo, in hundredths of a second ago. */
const ages = t.struct(
  3,
  16,
  (view, at) => ({
    confirmed: view.getUint32(at, LE),
    used: view.getUint32(at + 4, LE),
    updated: view.getUint32(at + 8, LE),
    references: view.getUint32(at + 12, LE),
  }),
  (writer, { confirmed, used, updated, references }) => writer.u32(confirmed, used, updated, references),
);

const rest = /* @__PURE__ */ t.attributes({
  /** Its IP address; of an FDB entry that of the tunnel's other end. */
  address: t.ip(1),
  hardwareAddress: t.mac(2),
  ages,
  probes: t.u32(4),
  vlan: t.u16(5),
  /** UDP port, VNI and link of a tunnel. */
  port: t.u16be(6),
  vni: t.u32(7),
  via: t.u32(8),
  /** Index of the bridge. */
  master: t.u32(9),
  netnsId: t.i32(10),
  sourceVni: t.u32(11),
  /** RTPROT_*: who set it. */
  protocol: t.u8(12),
  nexthopId: t.u32(13),
  fdb: t.nested(14, t.attributes({ activityNotify: t.u8(1), dontRefresh: t.flag(2) })),
  /** NTF_EXT_*. */
  extendedFlags: t.u32(15),
});

/** A neighbour in the network of a link, a proxy for one (NTF_PROXY), or, with AF_BRIDGE, what a bridge or VXLAN forwards by. */
export interface Neighbour extends NonNullable<ReturnType<typeof rest.decode>> {
  readonly kind: 'neighbour';
  /** AF_INET, AF_INET6, or AF_BRIDGE: an entry of a forwarding database (FDB). */
  readonly family: number;
  readonly ifindex: number;
  /** NUD_*. */
  readonly state: number;
  /** NTF_*. */
  readonly flags: number;
  /** RTN_*. */
  readonly type: number;
}

/** What a neighbour needs to be added or deleted: the family follows from the address, and it is permanent unless it has a state. */
export type NeighbourSpec = Partial<Neighbour> & Pick<Neighbour, 'kind' | 'ifindex'>;

/** Reads one message body in view[from, end). Throws Malformed. */
export function decodeNeighbour(view: DataView, from: number, end: number): Neighbour {
  if (end - from < 12) throw new Malformed(`neighbour message of ${end - from} bytes, expected 12 or more`, from);
  return {
    kind: 'neighbour',
    family: view.getUint8(from),
    ifindex: view.getInt32(from + 4, LE),
    state: view.getUint16(from + 8, LE),
    flags: view.getUint8(from + 10),
    type: view.getUint8(from + 11),
    ...rest.read(new Attributes(view, from + 12, end)),
  };
}

/** Writes the message body. Throws a RangeError for text that is no address. */
export function encodeNeighbour(writer: Writer, neighbour: NeighbourSpec): void {
  const isIpv4 = neighbour.address === undefined || ipBytes(neighbour.address).length === 4;
  writer.u8(neighbour.family ?? (isIpv4 ? k.AF_INET : k.AF_INET6), 0, 0, 0);
  writer.u32(neighbour.ifindex);
  writer.u16(neighbour.state ?? k.NUD_PERMANENT);
  writer.u8(neighbour.flags ?? 0, neighbour.type ?? 0);
  rest.write(writer, neighbour);
}
