/** IFLA_NETKIT_* (linux/if_link.h); the peer, which is told to the kernel only, is written by who writes links. */
import * as t from '../../tlv.js';

export const netkit = /* @__PURE__ */ t.attributes({
  primary: t.bool(2),
  /** What becomes of packets without a program: 0 pass, 2 drop; of those of the peer. */
  policy: t.u32(3),
  peerPolicy: t.u32(4),
  /** 0 l2, 1 l3. */
  mode: t.u32(5),
  /** 0 nothing of a packet is cleared, 1 mark and priority are. */
  scrub: t.u32(6),
  peerScrub: t.u32(7),
  headroom: t.u16(8),
  tailroom: t.u16(9),
});
