/** NLMSG_ERROR and NLMSG_DONE: the answer to a request, with extended acknowledgement (linux/netlink.h, netlink(7)). */
import { Attributes, LE, Malformed } from './attributes.js';
import { NLM_F_ACK_TLVS, NLM_F_CAPPED } from '../constants.js';
import type { Mutable } from './mutable.js';

const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;
const NLMSGERR_ATTR_MISS_TYPE = 5;

/** How a request ended. */
export interface Acknowledgement {
  /** 0 for success, else a positive errno. */
  readonly errno: number;
  /** The kernel's own sentence. */
  readonly reason?: string | undefined;
  /** Where in the request the wrong attribute is, in bytes. */
  readonly offset?: number | undefined;
  /** Type of an attribute that the request should have. */
  readonly missing?: number | undefined;
}

/** Reads the body of NLMSG_ERROR: errno, the header of the request, the rest of it unless NLM_F_CAPPED, attributes. */
export function decodeError(view: DataView, from: number, end: number, flags: number): Acknowledgement {
  if (end - from < 20) throw new Malformed(`error message of ${end - from} bytes, expected 20 or more`, from);
  if ((flags & NLM_F_ACK_TLVS) === 0) return decode(view, from, end, end);
  const request = (flags & NLM_F_CAPPED) !== 0 ? 16 : view.getUint32(from + 4, LE);
  if (request > end - from - 4)
    throw new Malformed(`request of ${request} bytes in an error, expected at most ${end - from - 4}`, from + 4);
  return decode(view, from, from + 4 + ((request + 3) & ~3), end);
}

/** Reads the body of NLMSG_DONE: errno, attributes. */
export function decodeDone(view: DataView, from: number, end: number, flags: number): Acknowledgement {
  // Before Linux 4.14 a dump ended without a body.
  if (end - from < 4) return { errno: 0 };
  return decode(view, from, (flags & NLM_F_ACK_TLVS) !== 0 ? from + 4 : end, end);
}

function decode(view: DataView, from: number, tlvs: number, end: number): Acknowledgement {
  const acknowledgement: Mutable<Acknowledgement> = {
    errno: Math.abs(view.getInt32(from, LE)),
  };
  if (tlvs === end) return acknowledgement;
  const attributes = new Attributes(view, tlvs, end);
  while (attributes.next()) {
    if (attributes.type === NLMSGERR_ATTR_MSG) acknowledgement.reason = attributes.text();
    else if (attributes.type === NLMSGERR_ATTR_OFFS) acknowledgement.offset = attributes.u32();
    else if (attributes.type === NLMSGERR_ATTR_MISS_TYPE) acknowledgement.missing = attributes.u32();
  }
  return acknowledgement;
}
