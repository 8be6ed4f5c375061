/** Requests that are answered by an acknowledgement each, many in one datagram. */
import { NLM_F_ACK, NLM_F_REQUEST } from './constants.js';
import type { AnswerMessage, Message } from './codec/message.js';
import { Writer } from './codec/writer.js';
import { converse, type RequestOptions, type Talk } from './conversation.js';
import { NetlinkError } from './errors.js';

export interface Request {
  /** For errors: `add route 192.0.2.0/24`. */
  readonly what: () => string;
  /** RTM_*. */
  readonly type: number;
  /** NLM_F_*, without those for requests and acknowledgements. */
  readonly flags: number;
  /** Writes what follows the header of the message. Throws a RangeError for what cannot be expressed. */
  readonly body: (writer: Writer) => void;
  /** This errno counts as success. */
  readonly accept?: number;
}

/** Acknowledgements wait in the receive buffer, about 800 bytes each, of the 212,992 that a socket has at first. */
const MAX_REQUESTS_PER_DATAGRAM = 128;
const MAX_DATAGRAM_BYTES = 64 * 1024;

/** Sends in order and gives per request undefined or its error. Rejects when answers are missing. */
export async function sendAll(
  requests: readonly Request[],
  options: RequestOptions = {},
): Promise<readonly (NetlinkError | undefined)[]> {
  const [first] = requests;
  if (first === undefined) return [];
  const what = requests.length === 1 ? first.what() : `${first.what()} and ${requests.length - 1} more`;
  const datagrams = write(requests);
  const talk = function* (): Talk<readonly (NetlinkError | undefined)[]> {
    const errors: (NetlinkError | undefined)[] = [];
    for (const { bytes, end } of datagrams) {
      if (errors.length > 0) yield 'turn';
      const read = (message: Message | AnswerMessage): boolean => {
        if (message.kind === 'answer') errors[message.sequence] = errorOf(requests[message.sequence], message.answer);
        return message.kind === 'answer' && errors.length === end;
      };
      yield { bytes, read };
    }
    return errors;
  };
  return converse(what, options, talk);
}

/** Datagrams, and up to which request each goes; the sequence number of a request is its index. */
function write(requests: readonly Request[]): { readonly bytes: Uint8Array; readonly end: number }[] {
  const datagrams: { readonly bytes: Uint8Array; readonly end: number }[] = [];
  let writer = new Writer();
  let begin = 0;
  for (const [index, { type, flags, body }] of requests.entries()) {
    writer.message(type, flags | NLM_F_REQUEST | NLM_F_ACK, index, body);
    const end = index + 1;
    if (end < requests.length && end - begin < MAX_REQUESTS_PER_DATAGRAM && writer.length < MAX_DATAGRAM_BYTES)
      continue;
    datagrams.push({ bytes: writer.bytes(), end });
    writer = new Writer();
    begin = end;
  }
  return datagrams;
}

function errorOf(
  request: Request | undefined,
  answer: { readonly errno: number; readonly reason?: string | undefined },
): NetlinkError | undefined {
  if (request === undefined || answer.errno === 0 || answer.errno === request.accept) return undefined;
  return new NetlinkError(request.what(), answer.errno, answer.reason);
}
