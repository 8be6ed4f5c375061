/** IFLA_VXLAN_* (linux/if_link.h, ip-link(8)). */
import * as t from '../../tlv.js';

/** struct ifla_vxlan_port_range, in network byte order. */
const ports = (type: number): t.Field<{ readonly low: number; readonly high: number }> =>
  t.struct(
    type,
    4,
    (view, at) => ({ low: view.getUint16(at), high: view.getUint16(at + 2) }),
    (writer, { low, high }) => writer.u8(low >> 8, low & 255, high >> 8, high & 255),
  );

export const vxlan = /* @__PURE__ */ t.attributes({
  /** VNI. */
  id: t.u32(1),
  /** Multicast group or address of the other end, IPv4 here, IPv6 in `group6`. */
  group: t.ip(2),
  /** Index of the underlying link. */
  link: t.u32(3),
  local: t.ip(4),
  ttl: t.u8(5),
  tos: t.u8(6),
  learning: t.bool(7),
  /** Seconds. */
  ageing: t.u32(8),
  limit: t.u32(9),
  sourcePorts: ports(10),
  proxy: t.bool(11),
  rsc: t.bool(12),
  l2miss: t.bool(13),
  l3miss: t.bool(14),
  port: t.u16be(15),
  group6: t.ip(16),
  local6: t.ip(17),
  udpChecksum: t.bool(18),
  udpZeroChecksum6Tx: t.bool(19),
  udpZeroChecksum6Rx: t.bool(20),
  remoteChecksumTx: t.bool(21),
  remoteChecksumRx: t.bool(22),
  gbp: t.flag(23),
  remoteChecksumNoPartial: t.flag(24),
  /** `external`: where a packet goes is told with each. */
  collectMetadata: t.bool(25),
  label: t.u32be(26),
  gpe: t.flag(27),
  ttlInherit: t.flag(28),
  /** VXLAN_DF_*: 0 unset, 1 set, 2 inherit. */
  df: t.u8(29),
  vniFilter: t.bool(30),
  localBypass: t.bool(31),
  labelPolicy: t.u32(32),
  reservedBits: t.bytes(33),
  multicastRoute: t.bool(34),
});
