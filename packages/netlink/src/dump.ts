/** Lists of what the kernel has, filtered by the kernel (NETLINK_GET_STRICT_CHK, Linux 4.20). */
import { type Address, decodeAddress } from './codec/address.js';
import type { Group } from './codec/constants.js';
import * as k from './codec/constants.js';
import type { Acknowledgement } from './codec/error.js';
import { decodeLink, type Link } from './codec/link.js';
import { IFLA_EXT_MASK } from './codec/link-attributes.js';
import type { AnswerMessage, Message, PartReader } from './codec/message.js';
import { RTA_OIF, RTA_TABLE } from './codec/route-attributes.js';
import { decodeRoute, type Route } from './codec/route.js';
import { decodeRule, type Rule } from './codec/rule.js';
import { Writer } from './codec/writer.js';
import { type Ask, converse, type RequestOptions, turn } from './conversation.js';
import { NetlinkError } from './errors.js';

const ENOENT = 2;
/** Of links of AF_BRIDGE only, which are not asked for: asks for nothing more (linux/rtnetlink.h). */
const RTEXT_FILTER_BRVLAN_COMPRESSED = 4;

/** What can be listed: the message that asks, the messages that answer, and what reads the body of these. */
interface Kind<T> {
  readonly get: number;
  readonly type: number;
  readonly decode: (view: DataView, from: number, end: number) => T;
}
const LINK: Kind<Link> = { get: k.RTM_GETLINK, type: k.RTM_NEWLINK, decode: decodeLink };
const ADDRESS: Kind<Address> = { get: k.RTM_GETADDR, type: k.RTM_NEWADDR, decode: decodeAddress };
const ROUTE: Kind<Route> = { get: k.RTM_GETROUTE, type: k.RTM_NEWROUTE, decode: decodeRoute };
const RULE: Kind<Rule> = { get: k.RTM_GETRULE, type: k.RTM_NEWRULE, decode: decodeRule };

export interface FamilyFilter {
  /** AF_INET or AF_INET6; default: both. */
  readonly family?: number;
}
export interface AddressFilter extends FamilyFilter {
  readonly ifindex?: number;
}
export interface RouteFilter extends FamilyFilter {
  /** A table that does not exist has no routes. */
  readonly table?: number;
  /** Index of the link that packets leave by; ENODEV when there is none. */
  readonly oif?: number;
  /** RTPROT_*. */
  readonly protocol?: number;
  /** RTN_*. */
  readonly type?: number;
}

/** Every link of the network namespace. Rejects with NetlinkError. */
export function listLinks(options: RequestOptions = {}): Promise<readonly Link[]> {
  const body = (writer: Writer): void => {
    writer.u32(0, 0, 0, 0);
    // With any mask the kernel makes room for the largest link; without, it leaves out one of more than 32 KiB and says nothing.
    writer.u32Attribute(IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN_COMPRESSED);
  };
  return dump('list links', LINK, body, options);
}

/** Addresses, of one link or of all. Rejects with NetlinkError: ENODEV when there is no such link. */
export async function listAddresses(filter: AddressFilter & RequestOptions = {}): Promise<readonly Address[]> {
  return each(filter, family => {
    const body = (writer: Writer): void => {
      writer.u8(family, 0, 0, 0);
      writer.u32(filter.ifindex ?? 0);
    };
    return dump('list addresses', ADDRESS, body, filter);
  });
}

/** Routes of the tables, not of the cache. Rejects with NetlinkError. */
export async function listRoutes(filter: RouteFilter & RequestOptions = {}): Promise<readonly Route[]> {
  return each(filter, async family => {
    const body = (writer: Writer): void => {
      writer.u8(family, 0, 0, 0);
      writer.u8(0, filter.protocol ?? 0, 0, filter.type ?? 0);
      writer.u32(0);
      writer.u32Attribute(RTA_TABLE, filter.table);
      writer.u32Attribute(RTA_OIF, filter.oif);
    };
    try {
      return await dump('list routes', ROUTE, body, filter);
    } catch (error) {
      if (filter.table !== undefined && error instanceof NetlinkError && error.errno === ENOENT) return [];
      throw error;
    }
  });
}

/** Routing policy rules, in the order they are tried per family. Rejects with NetlinkError. */
export async function listRules(filter: FamilyFilter & RequestOptions = {}): Promise<readonly Rule[]> {
  return each(filter, family => {
    const body = (writer: Writer): void => {
      writer.u8(family, 0, 0, 0);
      writer.u32(0, 0);
    };
    const group = family === k.AF_INET6 ? 'ipv6-rule' : 'ipv4-rule';
    return dump('list rules', RULE, body, filter, group);
  });
}

/** Both families, one after the other: a dump of AF_UNSPEC would bring those of multicast routing and MPLS too. */
async function each<T>(filter: FamilyFilter, list: (family: number) => Promise<readonly T[]>): Promise<readonly T[]> {
  if (filter.family !== undefined) return list(filter.family);
  return [...(await list(k.AF_INET)), ...(await list(k.AF_INET6))];
}

/**
 * A dump that something changed during may have holes: it is repeated until it has none. The kernel tells of that by
 * NLM_F_DUMP_INTR, except for rules, which it counts through without noticing; there, a notification tells.
 */
function dump<T>(
  what: string,
  { get, type, decode }: Kind<T>,
  body: (writer: Writer) => void,
  options: RequestOptions,
  group?: Group,
): Promise<readonly T[]> {
  const talk = async (ask: Ask): Promise<readonly T[]> => {
    if (group !== undefined) await prime(ask);
    for (let sequence = 1; ; sequence++) {
      const writer = new Writer();
      writer.message(get, k.NLM_F_REQUEST | k.NLM_F_DUMP, sequence, body);
      const found: T[] = [];
      const parts: PartReader = {
        type,
        read: (view, from, end) => {
          found.push(decode(view, from, end));
        },
      };
      const dumped = { interrupted: false, end: success };
      const read = (message: Message | AnswerMessage): boolean => {
        if (message.kind === 'answer') dumped.end = message.answer;
        if (message.type === k.NLMSG_ERROR) return true;
        if ((message.flags & k.NLM_F_DUMP_INTR) !== 0) dumped.interrupted = true;
        if (message.type === k.NLMSG_DONE) return true;
        // Every part of a dump has this flag, a notification has not.
        if (message.kind !== 'malformed' && (message.flags & k.NLM_F_MULTI) === 0) dumped.interrupted = true;
        return false;
      };
      await ask(writer.bytes(), read, parts);
      if (dumped.end.errno !== 0) throw new NetlinkError(what, dumped.end.errno, dumped.end.reason);
      if (!dumped.interrupted) return found;
      await turn();
    }
  };
  return converse(what, options, talk, group);
}

/**
 * The kernel makes the first part of a dump as large as the largest datagram received before: with one received, even if it
 * is the answer to nothing at all, some 350 rules fit into one part, and what is in one part has no holes.
 */
function prime(ask: Ask): Promise<void> {
  const writer = new Writer();
  writer.message(k.NLMSG_NOOP, k.NLM_F_REQUEST | k.NLM_F_ACK, 0, () => undefined);
  return ask(writer.bytes(), message => message.type === k.NLMSG_ERROR);
}

const success: Acknowledgement = { errno: 0 };
