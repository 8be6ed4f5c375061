/** Questions with one answer, which comes at once. */
import * as k from './constants.js';
import type { Link } from './codec/link.js';
import { encodeLink } from './codec/link.js';
import { IFLA_ALT_IFNAME } from './codec/link-attributes.js';
import type { AnswerMessage, Message, NetlinkObject } from './codec/message.js';
import { ipBytes } from './codec/ip-bytes.js';
import * as rta from './codec/route-attributes.js';
import type { Route } from './codec/route.js';
import { Writer } from './codec/writer.js';
import type { Acknowledgement } from './codec/error.js';
import { type Answer, converse, type RequestOptions, type Talk } from './conversation.js';
import { NetlinkError } from './errors.js';

const EPROTO = 71;

/** A link by its index, or by its name or one of its alternative names. Throws NetlinkError: ENODEV when there is none. */
export function getLink(link: number | string, options: RequestOptions = {}): Answer<Link> {
  const isLink = (object: NetlinkObject): object is Link => object.kind === 'link';
  return get(`get link ${link}`, k.RTM_GETLINK, options, isLink, writer => {
    encodeLink(writer, { kind: 'link', ifindex: typeof link === 'number' ? link : 0 });
    if (typeof link === 'string') writer.nameAttribute(IFLA_ALT_IFNAME, link);
  });
}

export interface RouteQuery {
  /** Source address. */
  readonly from?: string;
  readonly oif?: number;
  /** As if the packet came in by this link. */
  readonly iif?: number;
  readonly mark?: number;
  /** User that sends; default: that of this process. */
  readonly uid?: number;
  readonly tos?: number;
  /** IPPROTO_*, as of TCP (6) and UDP (17), and its ports. */
  readonly ipProtocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** Asks for the route of the table, as it was set, instead of what becomes of the packet (Linux 4.13). */
  readonly fibMatch?: boolean;
}

/** The route that a packet to this address takes, as `ip route get`. Throws NetlinkError: ENETUNREACH when there is none. */
export function getRoute(destination: string, query: RouteQuery & RequestOptions = {}): Answer<Route> {
  const what = `get the route to ${destination}`;
  const to = ipBytes(destination);
  const from = query.from === undefined ? undefined : ipBytes(query.from);
  const isRoute = (object: NetlinkObject): object is Route => object.kind === 'route';
  return get(what, k.RTM_GETROUTE, query, isRoute, writer => {
    writer.u8(to.length === 4 ? k.AF_INET : k.AF_INET6, to.length * 8, (from?.length ?? 0) * 8, query.tos ?? 0);
    writer.u32(0, (to.length === 4 ? RTM_F_LOOKUP_TABLE : 0) | (query.fibMatch === true ? RTM_F_FIB_MATCH : 0));
    writer.bytesAttribute(rta.RTA_DST, to);
    writer.bytesAttribute(rta.RTA_SRC, from);
    writer.u32Attribute(rta.RTA_OIF, query.oif);
    writer.u32Attribute(rta.RTA_IIF, query.iif);
    writer.u32Attribute(rta.RTA_MARK, query.mark);
    writer.u32Attribute(rta.RTA_UID, query.uid);
    writer.u8Attribute(rta.RTA_IP_PROTO, query.ipProtocol);
    for (const [type, port] of [
      [rta.RTA_SPORT, query.sourcePort],
      [rta.RTA_DPORT, query.destinationPort],
    ] as const)
      if (port !== undefined) writer.bytesAttribute(type, Uint8Array.of(port >> 8, port));
  });
}

/** The answer then tells the table in which the route was found. */
const RTM_F_LOOKUP_TABLE = 0x1000;
const RTM_F_FIB_MATCH = 0x2000;

function get<T extends NetlinkObject>(
  what: string,
  type: number,
  options: RequestOptions,
  isWanted: (object: NetlinkObject) => object is T,
  body: (writer: Writer) => void,
): Answer<T> {
  const writer = new Writer();
  writer.message(type, k.NLM_F_REQUEST | k.NLM_F_ACK, 1, body);
  const talk = function* (): Talk<T> {
    let found: NetlinkObject | undefined;
    let end: Acknowledgement = { errno: 0 };
    const read = (message: Message | AnswerMessage): boolean => {
      if (message.kind === 'new') found = message.object;
      if (message.kind === 'answer') end = message.answer;
      return message.kind === 'answer';
    };
    yield { bytes: writer.bytes(), read };
    if (end.errno !== 0) throw new NetlinkError(what, end.errno, end.reason);
    if (found === undefined) throw new NetlinkError(what, EPROTO, 'the kernel sent no object');
    if (!isWanted(found)) throw new NetlinkError(what, EPROTO, `the kernel sent a ${found.kind}`);
    return found;
  };
  return converse(what, options, talk);
}
