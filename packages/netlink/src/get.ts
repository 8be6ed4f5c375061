/** Questions with one answer. */
import * as k from './codec/constants.js';
import type { Link } from './codec/link.js';
import { encodeLink } from './codec/link.js';
import { IFLA_ALT_IFNAME } from './codec/link-attributes.js';
import type { NetlinkObject } from './codec/message.js';
import { ipBytes } from './codec/ip.js';
import { RTA_DST, RTA_SRC, RTA_OIF, RTA_MARK } from './codec/route-attributes.js';
import type { Route } from './codec/route.js';
import { Writer } from './codec/writer.js';
import type { Acknowledgement } from './codec/error.js';
import { converse, type RequestOptions } from './conversation.js';
import { NetlinkError } from './errors.js';

const EPROTO = 71;

/** A link by its index, or by its name or one of its alternative names. Rejects with NetlinkError: ENODEV when there is none. */
export async function getLink(link: number | string, options: RequestOptions = {}): Promise<Link> {
  const found = await get(`get link ${link}`, k.RTM_GETLINK, options, writer => {
    encodeLink(writer, { kind: 'link', ifindex: typeof link === 'number' ? link : 0 });
    if (typeof link === 'string') writer.textAttribute(IFLA_ALT_IFNAME, link);
  });
  if (found.kind !== 'link') throw new NetlinkError(`get link ${link}`, EPROTO, `the kernel sent a ${found.kind}`);
  return found;
}

export interface RouteQuery {
  /** Source address. */
  readonly from?: string;
  readonly oif?: number;
  readonly mark?: number;
}

/** The route that a packet to this address takes, as `ip route get`. Rejects with NetlinkError: ENETUNREACH when there is none. */
export async function getRoute(destination: string, query: RouteQuery & RequestOptions = {}): Promise<Route> {
  const what = `get the route to ${destination}`;
  const to = ipBytes(destination);
  const from = query.from === undefined ? undefined : ipBytes(query.from);
  const found = await get(what, k.RTM_GETROUTE, query, writer => {
    writer.u8(to.length === 4 ? k.AF_INET : k.AF_INET6, to.length * 8, (from?.length ?? 0) * 8, 0);
    writer.u32(0, to.length === 4 ? RTM_F_LOOKUP_TABLE : 0);
    writer.bytesAttribute(RTA_DST, to);
    writer.bytesAttribute(RTA_SRC, from);
    writer.u32Attribute(RTA_OIF, query.oif);
    writer.u32Attribute(RTA_MARK, query.mark);
  });
  if (found.kind !== 'route') throw new NetlinkError(what, EPROTO, `the kernel sent a ${found.kind}`);
  return found;
}

/** The answer then tells the table in which the route was found. */
const RTM_F_LOOKUP_TABLE = 0x1000;

function get(
  what: string,
  type: number,
  options: RequestOptions,
  body: (writer: Writer) => void,
): Promise<NetlinkObject> {
  const writer = new Writer();
  writer.message(type, k.NLM_F_REQUEST | k.NLM_F_ACK, 1, body);
  return converse(what, options, async ask => {
    let found: NetlinkObject | undefined;
    let end: Acknowledgement = { errno: 0 };
    await ask(writer.bytes(), message => {
      if (message.kind === 'new') found = message.object;
      if (message.kind === 'answer') end = message.answer;
      return message.kind === 'answer';
    });
    if (end.errno !== 0) throw new NetlinkError(what, end.errno, end.reason);
    if (found === undefined) throw new NetlinkError(what, EPROTO, 'the kernel sent no object');
    return found;
  });
}
