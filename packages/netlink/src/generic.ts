/** Generic netlink (linux/genetlink.h): families of messages by name, which the kernel numbers when it loads them. */
import { LE, Malformed } from './codec/attributes.js';
import type { AnswerMessage } from './codec/message.js';
import { decodeDone, decodeError } from './codec/error.js';
import { Writer } from './codec/writer.js';
import * as k from './constants.js';
import { NetlinkError } from './errors.js';
import type { Netns } from './netns.js';
import { Socket } from './socket.js';
import * as t from './tlv.js';

const NETLINK_GENERIC = 16;
const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
/** struct nlmsghdr and struct genlmsghdr: command and version in a byte each. */
const HEADERS = 20;
const ENOBUFS = 105;

const control = /* @__PURE__ */ t.attributes({
  id: t.u16(1),
  name: t.text(2),
  version: t.u32(3),
  headerSize: t.u32(4),
  maxAttribute: t.u32(5),
  operations: t.list(6, t.nested(1, t.attributes({ command: t.u32(1), flags: t.u32(2) })), 'ascending'),
  groups: t.list(7, t.nested(1, t.attributes({ name: t.text(1), id: t.u32(2) })), 'ascending'),
});

/** A family, as the kernel tells of it. */
export type GenericFamily = NonNullable<ReturnType<typeof control.decode>>;

/** A message of a family: the attributes of its payload are for the reader of the command. */
export interface GenericMessage {
  readonly command: number;
  readonly version: number;
  readonly payload: Uint8Array;
}

export interface GenericOptions {
  readonly netns?: Netns;
}

/** A family, to ask and to listen to. */
export class Generic {
  readonly family: GenericFamily;
  readonly #socket: Socket;
  #sequence = 0;
  #id = -1;
  #onMessage: (message: GenericMessage) => void = () => undefined;

  /** Throws NetlinkError: ENOENT when the kernel has no family of that name. */
  constructor(name: string, { netns }: GenericOptions = {}) {
    this.#socket = new Socket(NETLINK_GENERIC, netns);
    try {
      this.#socket.beStrict();
      const [found] = this.#ask(`find the family ${name}`, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, writer =>
        control.write(writer, { name }),
      );
      this.family = control.decode(found?.payload ?? new Uint8Array()) ?? {};
      this.#id = this.family.id ?? -1;
    } catch (error) {
      this.#socket.close();
      throw error;
    }
  }

  /** Closing again does nothing. */
  close(): void {
    this.#socket.close();
  }

  /**
   * What the kernel answers to a command, at once; all of a list with `dump`. Throws NetlinkError.
   *
   * @param write writes the attributes of the request
   */
  ask(command: number, write: (writer: Writer) => void = () => undefined, dump = false): readonly GenericMessage[] {
    const what = `ask ${this.family.name} for command ${command}`;
    return this.#ask(what, this.family.id ?? 0, command, write, dump);
  }

  /**
   * Hears of the groups (by their names in `family.groups`) from now on, and keeps the process alive. Messages that nothing
   * asked for are told; `onOverrun`: some were lost. Throws NetlinkError: ENOENT when the family has no such group.
   */
  listen(groups: readonly string[], onMessage: (message: GenericMessage) => void, onOverrun: () => void): void {
    this.#onMessage = onMessage;
    const hear = (): void => {
      const heard: GenericMessage[] = [];
      const received = this.#socket.receive((view, from, end) => {
        for (const message of messagesIn(view, from, end)) if (this.#isEvent(message)) heard.push(message.payload());
      });
      heard.forEach(onMessage);
      if (received === 'lossy') onOverrun();
    };
    for (const name of groups) {
      const id = this.family.groups?.find(group => group.name === name)?.id;
      if (id === undefined) throw new NetlinkError(`join ${name} of ${this.family.name}`, 2);
      this.#socket.join(id);
    }
    this.#socket.watch(hear);
  }

  /** What nobody asked for goes to nobody's port. */
  #isEvent({ type, port }: { readonly type: number; readonly port: number }): boolean {
    return port === 0 && type === this.#id;
  }

  #ask(
    what: string,
    family: number,
    command: number,
    write: (writer: Writer) => void,
    dump = false,
  ): readonly GenericMessage[] {
    const sequence = ++this.#sequence;
    const writer = new Writer();
    writer.message(family, k.NLM_F_REQUEST | (dump ? k.NLM_F_DUMP : k.NLM_F_ACK), sequence, () => {
      writer.u8(command, 1, 0, 0);
      write(writer);
    });
    this.#socket.send(writer.bytes());
    const found: GenericMessage[] = [];
    const heard: GenericMessage[] = []; // events between the answers
    let answer: AnswerMessage['answer'] | undefined;
    while (answer === undefined) {
      const received = this.#socket.receive((view, from, end) => {
        for (const message of messagesIn(view, from, end))
          if (this.#isEvent(message)) heard.push(message.payload());
          else if (message.sequence !== sequence) continue;
          else if (message.type === k.NLMSG_ERROR || message.type === k.NLMSG_DONE) answer = message.answer();
          else found.push(message.payload());
      });
      if (received === 'lossy') throw new NetlinkError(what, ENOBUFS);
      if (received === 'nothing') break; // generic netlink answers while it is asked
    }
    heard.forEach(this.#onMessage);
    if (answer !== undefined && answer.errno !== 0) throw new NetlinkError(what, answer.errno, answer.reason);
    return found;
  }
}

/** Messages that break the protocol end a datagram; they cannot come from the kernel. */
function* messagesIn(
  view: DataView,
  from: number,
  end: number,
): Generator<{
  readonly type: number;
  readonly sequence: number;
  readonly port: number;
  readonly payload: () => GenericMessage;
  readonly answer: () => AnswerMessage['answer'];
}> {
  for (let at = from; at + HEADERS <= end;) {
    const start = at;
    const length = view.getUint32(at, LE);
    if (length < HEADERS || at + length > end) return;
    const [type, flags] = [view.getUint16(at + 4, LE), view.getUint16(at + 6, LE)];
    yield {
      type,
      sequence: view.getUint32(at + 8, LE),
      port: view.getUint32(at + 12, LE),
      payload: () => ({
        command: view.getUint8(start + 16),
        version: view.getUint8(start + 17),
        payload: new Uint8Array(view.buffer, view.byteOffset + start + HEADERS, length - HEADERS).slice(),
      }),
      answer: () => {
        try {
          return (type === k.NLMSG_DONE ? decodeDone : decodeError)(view, start + 16, start + length, flags);
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
          return { errno: 74, reason: error.message };
        }
      },
    };
    at += (length + 3) & ~3;
  }
}
