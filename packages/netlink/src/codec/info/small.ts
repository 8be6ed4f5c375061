/** IFLA_INFO_DATA of links that have little of it (linux/if_link.h, linux/if_tun.h). */
import { LE } from '../attributes.js';
import * as t from '../../tlv.js';

/** struct ifla_vlan_flags: VLAN_FLAG_*, and which of them are meant. */
const vlanFlags = (type: number): t.Field<{ readonly flags: number; readonly mask: number }> =>
  t.struct(
    type,
    8,
    (view, at) => ({ flags: view.getUint32(at, LE), mask: view.getUint32(at + 4, LE) }),
    (writer, { flags, mask }) => writer.u32(flags, mask),
  );

/** struct ifla_vlan_qos_mapping: a priority of packets to one of VLAN frames, or back. */
const qosMapping = t.struct(
  1,
  8,
  (view, at) => ({ from: view.getUint32(at, LE), to: view.getUint32(at + 4, LE) }),
  (writer, { from, to }: { readonly from: number; readonly to: number }) => writer.u32(from, to),
);

export const vlan = /* @__PURE__ */ t.attributes({
  id: t.u16(1),
  flags: vlanFlags(2),
  egressQos: t.list(3, qosMapping),
  ingressQos: t.list(4, qosMapping),
  /** 0x8100 or 0x88a8. */
  protocol: t.u16be(5),
});

export const macvlan = /* @__PURE__ */ t.attributes({
  /** MACVLAN_MODE_*: 1 private, 2 vepa, 4 bridge, 8 passthru, 16 source. */
  mode: t.u32(1),
  flags: t.u16(2),
  /** MACVLAN_MACADDR_*: what to do with addresses: 0 add, 1 delete, 2 flush, 3 set. */
  addressMode: t.u32(3),
  address: t.mac(4),
  addresses: t.list(5, t.mac(4)),
  addressCount: t.u32(6),
  broadcastQueueLength: t.u32(7),
  broadcastQueueLengthUsed: t.u32(8),
  broadcastCutoff: t.i32(9),
});

export const ipvlan = /* @__PURE__ */ t.attributes({
  /** IPVLAN_MODE_*: 0 l2, 1 l3, 2 l3s. */
  mode: t.u16(1),
  /** IPVLAN_F_*: 0 bridge, 1 private, 2 vepa. */
  flags: t.u16(2),
});

/** The routing table of a VRF, told of its ports too. */
export const vrf = /* @__PURE__ */ t.attributes({ table: t.u32(1) });

/** What it tells only: tun and tap are made by ioctl(2) on /dev/net/tun. */
export const tun = /* @__PURE__ */ t.attributes({
  owner: t.u32(1),
  group: t.u32(2),
  /** 1 tun, 2 tap. */
  type: t.u8(3),
  pi: t.bool(4),
  vnetHeader: t.bool(5),
  persist: t.bool(6),
  multiQueue: t.bool(7),
  queues: t.u32(8),
  disabledQueues: t.u32(9),
});

/** Links of which the kernel keeps nothing here. */
export const plain = /* @__PURE__ */ t.attributes({});
