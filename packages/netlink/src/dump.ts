/** One dump of the kernel (netlink(7), NLM_F_DUMP), whole and without holes. */
import * as k from './constants.js';
import type { Group } from './constants.js';
import type { Acknowledgement } from './codec/error.js';
import type { AnswerMessage, Message, PartReader } from './codec/message.js';
import { Writer } from './codec/writer.js';
import type { Question, Talk } from './conversation.js';

/** What can be listed: the message that asks, the messages that answer, and what reads the body of these. */
export interface Kind<T> {
  readonly get: number;
  readonly type: number;
  readonly decode: (view: DataView, from: number, end: number) => T;
  /** whose notifications tell that a dump has holes, where the kernel does not say so */
  readonly groups?: readonly Group[];
}
/**
 * A dump that something changed during may have holes: it is repeated until it has none. The kernel tells of that by
 * NLM_F_DUMP_INTR, except for rules, which it counts through without noticing; there, a notification tells.
 */
export function* dump<T>(
  { get, type, decode }: Kind<T>,
  family: number,
  body: (writer: Writer) => void,
  isWanted: (object: T) => boolean,
): Talk<{ readonly objects: readonly T[]; readonly end: Acknowledgement }> {
  for (let sequence = 1; ; sequence++) {
    const writer = new Writer();
    writer.message(get, k.NLM_F_REQUEST | k.NLM_F_DUMP, sequence, body);
    const objects: T[] = [];
    const parts: PartReader = {
      type,
      read: (view, from, end) => {
        // Every body begins with its family. Those of other families are nothing that was asked for, readable or not.
        if (family !== k.AF_UNSPEC && from < end && view.getUint8(from) !== family) return;
        const object = decode(view, from, end);
        if (isWanted(object)) objects.push(object);
      },
    };
    const dumped: { interrupted: boolean; end: Acknowledgement } = { interrupted: false, end: { errno: 0 } };
    const read = (message: Message | AnswerMessage): boolean => {
      if (message.kind === 'answer') dumped.end = message.answer;
      if (message.type === k.NLMSG_ERROR) return true;
      if ((message.flags & k.NLM_F_DUMP_INTR) !== 0) dumped.interrupted = true;
      if (message.type === k.NLMSG_DONE) return true;
      // Every part of a dump has this flag, a notification has not.
      if (message.kind !== 'malformed' && (message.flags & k.NLM_F_MULTI) === 0) dumped.interrupted = true;
      return false;
    };
    yield { bytes: writer.bytes(), read, parts };
    if (dumped.end.errno !== 0 || !dumped.interrupted) return { objects, end: dumped.end };
    yield 'turn';
  }
}

/**
 * The kernel makes the first part of a dump as large as the largest datagram received before: with one received, even if it
 * is the answer to nothing at all, some 350 rules fit into one part, and what is in one part has no holes.
 */
export function prime(): Question {
  const writer = new Writer();
  writer.message(k.NLMSG_NOOP, k.NLM_F_REQUEST | k.NLM_F_ACK, 0, () => undefined);
  return { bytes: writer.bytes(), read: message => message.type === k.NLMSG_ERROR };
}
