/** What the hardware of a link says of its cable: family ethtool (linux/ethtool_netlink.h, Linux 5.6). */
import { Generic, type GenericOptions } from './generic.js';
import * as t from './tlv.js';

const ETHTOOL_MSG_LINKINFO_GET = 2;
const ETHTOOL_MSG_LINKMODES_GET = 4;
const ETHTOOL_MSG_LINKSTATE_GET = 6;
/** Of each command. */
const HEADER = 1;
const SPEED_UNKNOWN = 0xffffffff;
const EOPNOTSUPP = 95;

const header = /* @__PURE__ */ t.attributes({ ifindex: t.u32(1), name: t.text(2), flags: t.u32(3) });
const question = /* @__PURE__ */ t.attributes({ header: t.nested(HEADER, header) });
const info = /* @__PURE__ */ t.attributes({ header: t.nested(HEADER, header), port: t.u8(2), transceiver: t.u8(6) });
const modes = /* @__PURE__ */ t.attributes({
  header: t.nested(HEADER, header),
  autonegotiation: t.u8(2),
  speed: t.u32(5),
  duplex: t.u8(6),
  lanes: t.u32(9),
});
const state = /* @__PURE__ */ t.attributes({
  header: t.nested(HEADER, header),
  link: t.bool(2),
  quality: t.u32(3),
  qualityMax: t.u32(4),
  reason: t.u8(5),
  subReason: t.u8(6),
  downCount: t.u32(7),
});

/** What is not told is not known, or means nothing for such a link. */
export interface Ethtool {
  readonly ifindex?: number | undefined;
  readonly name?: string | undefined;
  /** Mbit/s. */
  readonly speed?: number | undefined;
  readonly duplex?: 'half' | 'full' | undefined;
  readonly autonegotiation?: boolean | undefined;
  readonly lanes?: number | undefined;
  /** Whether the cable is plugged in and the other end is there. */
  readonly link?: boolean | undefined;
  /** ETHTOOL_LINK_EXT_STATE_*: why there is no link. */
  readonly reason?: number | undefined;
  readonly subReason?: number | undefined;
  /** How often it went down. */
  readonly downCount?: number | undefined;
  /** Signal quality index, and its largest value. */
  readonly quality?: number | undefined;
  readonly qualityMax?: number | undefined;
  /** PORT_*: 0 twisted pair, 3 fibre, 5 direct attach copper. */
  readonly port?: number | undefined;
  /** XCVR_*: 0 internal, 1 external. */
  readonly transceiver?: number | undefined;
}

/** Speed, duplex and state of the cable of a link. Rejects with NetlinkError: ENODEV when there is none, ENOENT before Linux 5.6. */
export const getEthtool = (link: number | string, options?: GenericOptions): Promise<Ethtool> =>
  Promise.resolve().then(() => ethtoolOf(link, options));

function ethtoolOf(link: number | string, options?: GenericOptions): Ethtool {
  const generic = new Generic('ethtool', options);
  const asked = { header: typeof link === 'number' ? { ifindex: link } : { name: link } };
  /** A driver need not know everything. */
  const ask = <T extends object>(command: number, reply: t.Codec<T>): Partial<T> => {
    try {
      const [message] = generic.ask(command, writer => question.write(writer, asked));
      return reply.decode(message?.payload ?? new Uint8Array()) ?? {};
    } catch (error) {
      if (error instanceof Error && 'errno' in error && error.errno === EOPNOTSUPP) return {};
      throw error;
    }
  };
  try {
    const told = ask(ETHTOOL_MSG_LINKSTATE_GET, state);
    const { speed, duplex, autonegotiation, lanes } = ask(ETHTOOL_MSG_LINKMODES_GET, modes);
    const { port, transceiver } = ask(ETHTOOL_MSG_LINKINFO_GET, info);
    return {
      ...{
        ifindex: told.header?.ifindex,
        name: told.header?.name,
        link: told.link,
        reason: told.reason,
        subReason: told.subReason,
      },
      ...{ quality: told.quality, qualityMax: told.qualityMax, downCount: told.downCount, lanes, port, transceiver },
      speed: speed === SPEED_UNKNOWN ? undefined : speed,
      duplex: duplex === 0 ? 'half' : duplex === 1 ? 'full' : undefined,
      autonegotiation: autonegotiation === undefined ? undefined : autonegotiation === 1,
    };
  } finally {
    generic.close();
  }
}
