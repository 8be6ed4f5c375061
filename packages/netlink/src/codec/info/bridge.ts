/** IFLA_BR_* and IFLA_BRPORT_*: a bridge and its ports (linux/if_link.h, ip-link(8), bridge(8)). Times are in hundredths of a second. */
import { LE } from '../attributes.js';
import { macBytes } from '../ip-bytes.js';
import { macText } from '../ip-text.js';
import * as t from '../../tlv.js';

/** struct ifla_bridge_id: what bridges elect their root by. */
const bridgeId = (type: number): t.Field<{ readonly priority: number; readonly address: string }> =>
  t.struct(
    type,
    8,
    (view, at) => ({ priority: view.getUint16(at), address: macText(view, at + 2, 6) }),
    (writer, { priority, address }) => {
      writer.u8(priority >> 8, priority & 255);
      writer.raw(macBytes(address));
    },
  );

/** struct br_boolopt_multi: BR_BOOLOPT_* as bits, and which of them are meant. */
const options = (type: number): t.Field<{ readonly value: number; readonly mask: number }> =>
  t.struct(
    type,
    8,
    (view, at) => ({ value: view.getUint32(at, LE), mask: view.getUint32(at + 4, LE) }),
    (writer, { value, mask }) => writer.u32(value, mask),
  );

export const bridge = /* @__PURE__ */ t.attributes({
  forwardDelay: t.u32(1),
  helloTime: t.u32(2),
  maxAge: t.u32(3),
  ageingTime: t.u32(4),
  /** 0 off, 1 the kernel's, 2 a program's. */
  stpState: t.u32(5),
  priority: t.u16(6),
  vlanFiltering: t.bool(7),
  /** 0x8100 or 0x88a8. */
  vlanProtocol: t.u16be(8),
  groupForwardMask: t.u16(9),
  rootId: bridgeId(10),
  bridgeId: bridgeId(11),
  rootPort: t.u16(12),
  rootPathCost: t.u32(13),
  topologyChange: t.bool(14),
  topologyChangeDetected: t.bool(15),
  helloTimer: t.u64(16),
  tcnTimer: t.u64(17),
  topologyChangeTimer: t.u64(18),
  gcTimer: t.u64(19),
  groupAddress: t.mac(20),
  /** Forgets what was learned. */
  fdbFlush: t.flag(21),
  multicastRouter: t.u8(22),
  multicastSnooping: t.bool(23),
  multicastQueryUseIfaddr: t.bool(24),
  multicastQuerier: t.bool(25),
  multicastHashElasticity: t.u32(26),
  multicastHashMax: t.u32(27),
  multicastLastMemberCount: t.u32(28),
  multicastStartupQueryCount: t.u32(29),
  multicastLastMemberInterval: t.u64(30),
  multicastMembershipInterval: t.u64(31),
  multicastQuerierInterval: t.u64(32),
  multicastQueryInterval: t.u64(33),
  multicastQueryResponseInterval: t.u64(34),
  multicastStartupQueryInterval: t.u64(35),
  nfCallIptables: t.bool(36),
  nfCallIp6tables: t.bool(37),
  nfCallArptables: t.bool(38),
  vlanDefaultPvid: t.u16(39),
  vlanStatsEnabled: t.bool(41),
  multicastStatsEnabled: t.bool(42),
  multicastIgmpVersion: t.u8(43),
  multicastMldVersion: t.u8(44),
  vlanStatsPerPort: t.bool(45),
  options: options(46),
  multicastQuerierState: t.nested(
    47,
    t.attributes({
      ipv4Address: t.ip(1),
      ipv4Port: t.u32(2),
      ipv4OtherTimer: t.u64(3),
      ipv6Address: t.ip(5),
      ipv6Port: t.u32(6),
      ipv6OtherTimer: t.u64(7),
    }),
  ),
  fdbLearned: t.u32(48),
  fdbMaxLearned: t.u32(49),
});

export const bridgePort = /* @__PURE__ */ t.attributes({
  /** BR_STATE_*: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking. */
  state: t.u8(1),
  priority: t.u16(2),
  cost: t.u32(3),
  hairpin: t.bool(4),
  guard: t.bool(5),
  rootBlock: t.bool(6),
  fastLeave: t.bool(7),
  learning: t.bool(8),
  flood: t.bool(9),
  proxyArp: t.bool(10),
  learningSync: t.bool(11),
  proxyArpWifi: t.bool(12),
  rootId: bridgeId(13),
  bridgeId: bridgeId(14),
  designatedPort: t.u16(15),
  designatedCost: t.u16(16),
  id: t.u16(17),
  number: t.u16(18),
  topologyChangeAck: t.bool(19),
  configPending: t.bool(20),
  messageAgeTimer: t.u64(21),
  forwardDelayTimer: t.u64(22),
  holdTimer: t.u64(23),
  /** Forgets what was learned at this port. */
  flush: t.flag(24),
  multicastRouter: t.u8(25),
  multicastFlood: t.bool(27),
  multicastToUnicast: t.bool(28),
  vlanTunnel: t.bool(29),
  broadcastFlood: t.bool(30),
  groupForwardMask: t.u16(31),
  neighbourSuppress: t.bool(32),
  isolated: t.bool(33),
  /** Index of the port that takes over when this one has no carrier. */
  backupPort: t.u32(34),
  mrpRingOpen: t.bool(35),
  mrpInOpen: t.bool(36),
  multicastEhtHostsLimit: t.u32(37),
  multicastEhtHosts: t.u32(38),
  locked: t.bool(39),
  mab: t.bool(40),
  multicastGroups: t.u32(41),
  multicastMaxGroups: t.u32(42),
  neighbourVlanSuppress: t.bool(43),
  backupNexthop: t.u32(44),
});
