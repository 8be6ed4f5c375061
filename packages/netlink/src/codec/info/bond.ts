/** IFLA_BOND_* and IFLA_BOND_SLAVE_*: a bond and its ports (linux/if_link.h, Documentation/networking/bonding.rst). Times are in milliseconds. */
import * as t from '../../tlv.js';

export const bond = /* @__PURE__ */ t.attributes({
  /** BOND_MODE_*: 0 balance-rr, 1 active-backup, 2 balance-xor, 3 broadcast, 4 802.3ad, 5 balance-tlb, 6 balance-alb. */
  mode: t.u8(1),
  /** Index of the port in use. */
  activeSlave: t.u32(2),
  miimon: t.u32(3),
  upDelay: t.u32(4),
  downDelay: t.u32(5),
  useCarrier: t.bool(6),
  arpInterval: t.u32(7),
  arpIpTargets: t.list(8, t.ip(0), 'ascending'),
  arpValidate: t.u32(9),
  arpAllTargets: t.u32(10),
  primary: t.u32(11),
  primaryReselect: t.u8(12),
  failOverMac: t.u8(13),
  xmitHashPolicy: t.u8(14),
  resendIgmp: t.u32(15),
  peerNotifications: t.u8(16),
  allSlavesActive: t.bool(17),
  minLinks: t.u32(18),
  lpInterval: t.u32(19),
  packetsPerSlave: t.u32(20),
  lacpRate: t.u8(21),
  adSelect: t.u8(22),
  adInfo: t.nested(
    23,
    t.attributes({
      aggregator: t.u16(1),
      ports: t.u16(2),
      actorKey: t.u16(3),
      partnerKey: t.u16(4),
      partnerMac: t.mac(5),
    }),
  ),
  adActorSystemPriority: t.u16(24),
  adUserPortKey: t.u16(25),
  adActorSystem: t.mac(26),
  tlbDynamicLb: t.bool(27),
  peerNotificationDelay: t.u32(28),
  lacpActive: t.bool(29),
  missedMax: t.u8(30),
  nsIp6Targets: t.list(31, t.ip(0), 'ascending'),
  coupledControl: t.bool(32),
  broadcastNeighbour: t.bool(33),
});

export const bondPort = /* @__PURE__ */ t.attributes({
  /** 0 active, 1 backup. */
  state: t.u8(1),
  /** BOND_LINK_*: 0 up, 1 fails, 2 down, 3 comes back. */
  miiStatus: t.u8(2),
  linkFailures: t.u32(3),
  permanentAddress: t.mac(4),
  queueId: t.u16(5),
  adAggregatorId: t.u16(6),
  adActorState: t.u8(7),
  adPartnerState: t.u16(8),
  priority: t.i32(9),
  adActorPortPriority: t.u16(10),
  adChurnActorState: t.u8(11),
  adChurnPartnerState: t.u8(12),
});
