/** A request and its answers, on a socket of their own: nothing else arrives on it, and giving up is closing it. */
import { setImmediate } from 'node:timers/promises';
import type { Group } from './codec/constants.js';
import {
  type AnswerMessage,
  decodeDatagram,
  type MalformedMessage,
  type Message,
  type PartReader,
} from './codec/message.js';
import { NetlinkError } from './errors.js';
import { Socket } from './socket.js';

const ENOBUFS = 105;
const ETIMEDOUT = 110;

export interface RequestOptions {
  /** Gives up with ETIMEDOUT after this many milliseconds, default 5000. What was sent may have been done. */
  readonly timeoutMs?: number;
  /** Gives up with the signal's reason. What was sent may have been done. */
  readonly signal?: AbortSignal;
  /** Gets each message of an answer that cannot be read; the rest of the answer is not touched. */
  readonly onMalformed?: (message: MalformedMessage) => void;
}

/** Reads one message; true when it is the last that is waited for. */
type Reader = (message: Message | AnswerMessage) => boolean;
/** Sends one datagram of requests, and resolves when `read` has seen the last message; `parts` takes those of a dump. */
export type Ask = (bytes: Uint8Array, read: Reader, parts?: PartReader) => Promise<void>;

interface Waiting {
  readonly read: Reader;
  readonly parts: PartReader | undefined;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs `talk` with a socket, a time limit and the caller's signal; `what` names the request in errors.
 * With `group`, the notifications of that group come to the reader as well, between the answers.
 */
export async function converse<T>(
  what: string,
  options: RequestOptions,
  talk: (ask: Ask) => Promise<T>,
  group?: Group,
): Promise<T> {
  const { signal, timeoutMs = 5000, onMalformed } = options;
  signal?.throwIfAborted();
  let waiting: Waiting | undefined;
  let failure: Error | undefined;

  function fail(error: Error): void {
    failure ??= error;
    socket.close();
    waiting?.reject(failure);
    waiting = undefined;
  }
  function receive(): void {
    const malformed: MalformedMessage[] = [];
    const found = { answered: false };
    const visit = (message: Message | AnswerMessage): void => {
      if (message.kind === 'malformed') malformed.push(message);
      found.answered ||= waiting?.read(message) === true;
    };
    try {
      const received = socket.receive((view, from, end) =>
        decodeDatagram(view, from, end, visit, undefined, waiting?.parts),
      );
      // Told now, when all is read: it may make requests, which receive into the same memory.
      for (const message of malformed) onMalformed?.(message);
      if (received === 'lossy') fail(new NetlinkError(what, ENOBUFS, 'the answer did not fit into the receive buffer'));
      else if (found.answered) {
        waiting?.resolve();
        waiting = undefined;
      }
    } catch (error) {
      fail(
        error instanceof NetlinkError
          ? new NetlinkError(what, error.errno, error.message, { cause: error })
          : asError(error),
      );
    }
  }
  const ask: Ask = (bytes, read, parts) =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      waiting = { read, parts, resolve, reject };
      socket.send(bytes);
      // rtnetlink answers while it is being asked: most often there is no need to wait for the event loop.
      receive();
    });

  const socket = new Socket(receive);
  const abort = (): void => fail(asError(signal?.reason));
  const timer = setTimeout(
    () => fail(new NetlinkError(what, ETIMEDOUT, `no answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  signal?.addEventListener('abort', abort);
  try {
    socket.beStrict();
    if (group !== undefined) {
      socket.receiveBufferBytes = 1024 * 1024;
      socket.join(group);
    }
    return await talk(ask);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    socket.close();
  }
}

/** Lets the event loop turn, so that a long series of requests holds up nobody, and time limits are seen. */
export const turn = (): Promise<void> => setImmediate();

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('aborted', { cause: reason });
