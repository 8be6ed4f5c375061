/** Requests that are answered by an acknowledgement each, many in one datagram. */
import { NLM_F_ACK, NLM_F_REQUEST } from './codec/constants.js';
import { Writer } from './codec/writer.js';
import { converse, type RequestOptions, turn } from './conversation.js';
import { NetlinkError } from './errors.js';

export interface Request {
  /** For errors: `add route 192.0.2.0/24`. */
  readonly what: string;
  /** RTM_*. */
  readonly type: number;
  /** NLM_F_*, without those for requests and acknowledgements. */
  readonly flags: number;
  readonly body: Uint8Array;
  /** This errno counts as success. */
  readonly accept?: number;
}

/** Acknowledgements wait in the receive buffer, about 800 bytes each, of the 212,992 that a socket has at first. */
const REQUESTS_A_DATAGRAM = 128;
const BYTES_A_DATAGRAM = 64 * 1024;

/** Sends in order and gives per request undefined or its error. Rejects when answers are missing. */
export function sendAll(
  requests: readonly Request[],
  options: RequestOptions = {},
): Promise<readonly (NetlinkError | undefined)[]> {
  const [first] = requests;
  if (first === undefined) return Promise.resolve([]);
  const what = requests.length === 1 ? first.what : `${first.what} and ${requests.length - 1} more`;
  return converse(what, options, async ask => {
    const errors: (NetlinkError | undefined)[] = [];
    for (let done = 0; done < requests.length; done = errors.length) {
      if (done > 0) await turn();
      const writer = new Writer();
      let next = done;
      for (; next < requests.length && next - done < REQUESTS_A_DATAGRAM && writer.length < BYTES_A_DATAGRAM; next++)
        write(writer, requests[next], next);
      await ask(writer.bytes(), message => {
        if (message.kind === 'answer') errors[message.sequence] = errorOf(requests[message.sequence], message.answer);
        return message.kind === 'answer' && errors.length === next;
      });
    }
    return errors;
  });
}

function write(writer: Writer, request: Request | undefined, sequence: number): void {
  if (request === undefined) return;
  writer.message(request.type, request.flags | NLM_F_REQUEST | NLM_F_ACK, sequence, () => writer.raw(request.body));
}

function errorOf(
  request: Request | undefined,
  answer: { readonly errno: number; readonly reason?: string | undefined },
): NetlinkError | undefined {
  if (request === undefined || answer.errno === 0 || answer.errno === request.accept) return undefined;
  return new NetlinkError(request.what, answer.errno, answer.reason);
}
