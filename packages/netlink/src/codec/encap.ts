/** RTA_ENCAP: what packets of a route are wrapped in (linux/lwtunnel.h, mpls_iptunnel.h, seg6_iptunnel.h, seg6_local.h; ip-route(8)). */
import * as t from '../tlv.js';
import { LE, Malformed } from './attributes.js';
import { ipBytes } from './ip-bytes.js';
import { ipv6Text } from './ip-text.js';
import { labelsBytes, labelsText } from './mpls.js';
import type { Encap } from './nexthop.js';

const u64be = (type: number): t.Field<number> => ({
  type,
  read: attribute => attribute.u64be(),
  write: (writer, type, value) => writer.attribute(type, () => writer.u64be(value)),
});

const labels = (type: number): t.Field<string> => ({
  type,
  read: labelsText,
  write: (writer, type, value) => writer.bytesAttribute(type, labelsBytes(value)),
});

/** A segment routing header (RFC 8754). */
export interface Segments {
  /** In the order of travel. */
  readonly segments: readonly string[];
  /** Segments that are still ahead; default: all but the first. */
  readonly left?: number | undefined;
  readonly flags?: number | undefined;
  readonly tag?: number | undefined;
}

const HEADER_BYTES = 8;
const SEGMENT_BYTES = 16;
const ROUTING_TYPE = 4;

const readSegments = (view: DataView, at: number, end: number): Segments => {
  if (end - at < HEADER_BYTES)
    throw new Malformed(`segment routing header of ${end - at} bytes, expected 8 or more`, at);
  const count = view.getUint8(at + 4) + 1;
  const first = at + HEADER_BYTES;
  if (first + count * SEGMENT_BYTES > end)
    throw new Malformed(`${count} segments in ${end - first} bytes, expected ${SEGMENT_BYTES} for each`, at + 4);
  // The last of the way is the first of the list.
  const segments = Array.from({ length: count }, (_, nth) => ipv6Text(view, first + (count - 1 - nth) * SEGMENT_BYTES));
  return { segments, left: view.getUint8(at + 3), flags: view.getUint8(at + 5), tag: view.getUint16(at + 6) };
};

const writeSegments = (writer: t.Writer, { segments, left, flags = 0, tag = 0 }: Segments): void => {
  const last = segments.length - 1;
  writer.u8(0, (segments.length * SEGMENT_BYTES) / 8, ROUTING_TYPE, left ?? last, last, flags, tag >> 8, tag & 255);
  for (const segment of segments.toReversed()) writer.raw(ipBytes(segment));
};

const segmentHeader = (type: number): t.Field<Segments> => ({
  type,
  read: ({ view, at, length }) => readSegments(view, at, at + length),
  write: (writer, type, value) => writer.attribute(type, () => writeSegments(writer, value)),
});

/** struct seg6_iptunnel_encap: SEG6_IPTUN_MODE_*: 0 inline, 1 encap, 2 l2encap, 3 encap.red, 4 l2encap.red; and a header. */
const segmentTunnel: t.Field<Segments & { readonly mode: number }> = {
  type: 1,
  read(attribute) {
    const at = attribute.struct(4);
    return { mode: attribute.view.getInt32(at, LE), ...readSegments(attribute.view, at + 4, at + attribute.length) };
  },
  write: (writer, type, { mode, ...segments }) =>
    writer.attribute(type, () => {
      writer.u32(mode);
      writeSegments(writer, segments);
    }),
};

const ENCAPS = {
  mpls: /* @__PURE__ */ t.attributes({
    /** Labels, outermost first: `100/200`. */
    labels: labels(1),
    ttl: t.u8(2),
  }),
  ip: /* @__PURE__ */ t.attributes({
    id: u64be(1),
    destination: t.ip(2),
    source: t.ip(3),
    ttl: t.u8(4),
    tos: t.u8(5),
    /** TUNNEL_*: 1 checksum, 4 key, 8 sequence numbers. */
    flags: t.u16be(6),
    options: t.bytes(8),
  }),
  ip6: /* @__PURE__ */ t.attributes({
    id: u64be(1),
    destination: t.ip(2),
    source: t.ip(3),
    hopLimit: t.u8(4),
    trafficClass: t.u8(5),
    flags: t.u16be(6),
    options: t.bytes(8),
  }),
  seg6: /* @__PURE__ */ t.attributes({ tunnel: segmentTunnel, source: t.ip(2) }),
  seg6local: /* @__PURE__ */ t.attributes({
    /** SEG6_LOCAL_ACTION_*: 1 End, 2 End.X, 3 End.T … */
    action: t.u32(1),
    segments: segmentHeader(2),
    table: t.u32(3),
    nexthop4: t.ip(4),
    nexthop6: t.ip(5),
    iif: t.u32(6),
    oif: t.u32(7),
    vrfTable: t.u32(9),
  }),
};
/** LWTUNNEL_ENCAP_*. */
const TYPES = { mpls: 1, ip: 2, ip6: 4, seg6: 5, seg6local: 7 } as const;

/** An encapsulation with its own settings, told apart by `kind`. */
export type EncapInfo = {
  [K in keyof typeof ENCAPS]: { readonly kind: K } & ((typeof ENCAPS)[K] extends t.Codec<infer T> ? T : never);
}[keyof typeof ENCAPS];

const codecs: ReadonlyMap<string, t.Codec<object>> = /* @__PURE__ */ new Map(Object.entries(ENCAPS));
const kinds: ReadonlyMap<number, string> = /* @__PURE__ */ new Map(
  Object.entries(TYPES).map(([kind, type]) => [type, kind]),
);

/** What the packets of a route, of one of its next hops, or of a next hop object are wrapped in. Undefined: this version does not know it. */
export function encapOf(encap: Encap): EncapInfo | undefined;
export function encapOf({ type, bytes }: Encap): { readonly kind: string } | undefined {
  const kind = kinds.get(type);
  const settings = kind === undefined ? undefined : codecs.get(kind)?.decode(bytes);
  return kind === undefined || settings === undefined ? undefined : { kind, ...settings };
}

/** The same for a route that is to be added. Throws a RangeError for text that is no address or label. */
export function toEncap(info: EncapInfo): Encap {
  return { type: TYPES[info.kind], bytes: codecs.get(info.kind)?.encode(info) ?? new Uint8Array() };
}
