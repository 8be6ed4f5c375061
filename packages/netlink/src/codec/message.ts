/** The messages in a datagram: struct nlmsghdr (linux/netlink.h), 32 bits length, 16 type, 16 flags, 32 sequence, 32 port. */
import { type Acknowledgement, decodeDone, decodeError } from './error.js';
import { type Address, decodeAddress } from './address.js';
import { LE, Malformed } from './attributes.js';
import * as k from '../constants.js';
import { decodeLink, type Link } from './link.js';
import { decodeRoute } from './decode-route.js';
import type { Route } from './route.js';
import { decodeRule, type Rule } from './rule.js';

export type NetlinkObject = Link | Address | Route | Rule;

interface Header {
  /** Message type (RTM_*, NLMSG_*). */
  readonly type: number;
  /** NLM_F_*. */
  readonly flags: number;
  readonly sequence: number;
  /** Port of the program that the message goes back to: who made the change, 0 for the kernel. */
  readonly port: number;
}

/** An object appeared or changed (`new`) or went away (`delete`). */
export interface ObjectMessage extends Header {
  readonly kind: 'new' | 'delete';
  readonly object: NetlinkObject;
}

/** The end of a request. */
export interface AnswerMessage extends Header {
  readonly kind: 'answer';
  readonly answer: Acknowledgement;
}

/** Bytes that break the protocol; the other messages of the batch are not touched. */
export interface MalformedMessage extends Header {
  readonly kind: 'malformed';
  readonly reason: string;
  readonly bytes: Uint8Array;
}

/** A message of a type, or about an object of a family, that this version does not know, as it came, without its header. */
export interface UnknownMessage extends Header {
  readonly kind: 'unknown';
  readonly bytes: Uint8Array;
}

export type Message = ObjectMessage | MalformedMessage | UnknownMessage;

const HEADER = 16;
/** A part of a dump has the first of these flags; with the second, something changed meanwhile. */
const PART_FLAGS = k.NLM_F_MULTI | k.NLM_F_DUMP_INTR;

/** Takes the objects of a dump, one call for each, without a Message around it that nobody keeps. */
export interface PartReader {
  /** RTM_NEW*. */
  readonly type: number;
  /** Reads one message body in view[from, end). Throws Malformed. */
  readonly read: (view: DataView, from: number, end: number) => void;
}

/**
 * Reads the messages of one datagram, view[from, end), and hands each to `visit`. Never throws by itself.
 * Types outside `types`, when it is given, are passed over unread. The parts of a dump go to `parts`, when it is given;
 * to `visit` go those that are malformed or tell of an interruption.
 */
export function decodeDatagram(
  view: DataView,
  from: number,
  end: number,
  visit: (message: Message | AnswerMessage) => void,
  types?: ReadonlySet<number>,
  parts?: PartReader,
): void {
  for (let at = from; at < end;) {
    const length = end - at < HEADER ? 0 : view.getUint32(at, LE);
    if (length < HEADER || at + length > end) {
      // Where the next message starts is not known: the rest of the datagram is lost.
      const reason = `message length ${length} with ${end - at} bytes left, expected ${HEADER} to ${end - at}`;
      visit({ kind: 'malformed', type: 0, flags: 0, sequence: 0, port: 0, reason, bytes: copy(view, at, end) });
      return;
    }
    const type = view.getUint16(at + 4, LE);
    if (type === parts?.type && (view.getUint16(at + 6, LE) & PART_FLAGS) === k.NLM_F_MULTI) {
      try {
        parts.read(view, at + HEADER, at + length);
      } catch (error) {
        visit(malformed(view, at, at + length, error));
      }
    } else if (types === undefined || types.has(type)) visit(decodeMessage(view, at, at + length, type));
    at += (length + 3) & ~3;
  }
}

function decodeMessage(view: DataView, at: number, end: number, type: number): Message | AnswerMessage {
  const flags = view.getUint16(at + 6, LE);
  const sequence = view.getUint32(at + 8, LE);
  const port = view.getUint32(at + 12, LE);
  const from = at + HEADER;
  try {
    switch (type) {
      case k.RTM_NEWLINK:
        return { kind: 'new', type, flags, sequence, port, object: decodeLink(view, from, end) };
      case k.RTM_DELLINK:
        return { kind: 'delete', type, flags, sequence, port, object: decodeLink(view, from, end) };
      case k.RTM_NEWADDR:
        if (!isIp(view, from, end)) break;
        return { kind: 'new', type, flags, sequence, port, object: decodeAddress(view, from, end) };
      case k.RTM_DELADDR:
        if (!isIp(view, from, end)) break;
        return { kind: 'delete', type, flags, sequence, port, object: decodeAddress(view, from, end) };
      case k.RTM_NEWROUTE:
        if (!isIp(view, from, end, k.AF_MPLS)) break;
        return { kind: 'new', type, flags, sequence, port, object: decodeRoute(view, from, end) };
      case k.RTM_DELROUTE:
        if (!isIp(view, from, end, k.AF_MPLS)) break;
        return { kind: 'delete', type, flags, sequence, port, object: decodeRoute(view, from, end) };
      case k.RTM_NEWRULE:
        if (!isIp(view, from, end)) break;
        return { kind: 'new', type, flags, sequence, port, object: decodeRule(view, from, end) };
      case k.RTM_DELRULE:
        if (!isIp(view, from, end)) break;
        return { kind: 'delete', type, flags, sequence, port, object: decodeRule(view, from, end) };
      case k.NLMSG_ERROR:
        return { kind: 'answer', type, flags, sequence, port, answer: decodeError(view, from, end, flags) };
      case k.NLMSG_DONE:
        return { kind: 'answer', type, flags, sequence, port, answer: decodeDone(view, from, end, flags) };
    }
    return { kind: 'unknown', type, flags, sequence, port, bytes: copy(view, from, end) };
  } catch (error) {
    return malformed(view, at, end, error);
  }
}

/** Whether a body is of a family whose addresses have a known form, or of another that is; one without a family is malformed. */
function isIp(view: DataView, from: number, end: number, another: number = k.AF_INET): boolean {
  const family = from < end ? view.getUint8(from) : k.AF_INET;
  return family === k.AF_INET || family === k.AF_INET6 || family === another || MULTICAST.includes(family);
}
const MULTICAST: readonly number[] = [k.RTNL_FAMILY_IPMR, k.RTNL_FAMILY_IP6MR];

/** The message in view[at, end), which a decoder threw at; errors of any other kind go on. */
function malformed(view: DataView, at: number, end: number, error: unknown): MalformedMessage {
  if (!(error instanceof Malformed)) throw error;
  return {
    kind: 'malformed',
    type: view.getUint16(at + 4, LE),
    flags: view.getUint16(at + 6, LE),
    sequence: view.getUint32(at + 8, LE),
    port: view.getUint32(at + 12, LE),
    reason: `${error.message}, at byte ${error.at - at}`,
    bytes: copy(view, at, end),
  };
}

function copy(view: DataView, from: number, end: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + from, end - from).slice();
}
