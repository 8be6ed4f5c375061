/**
 * Requests and their answers, on a socket of their own: nothing else arrives on it, and giving up is closing it.
 * rtnetlink answers while it is being asked, so most conversations are over before the event loop turns.
 */
import type { Group } from './constants.js';
import {
  type AnswerMessage,
  decodeDatagram,
  type MalformedMessage,
  type Message,
  type PartReader,
} from './codec/message.js';
import { NetlinkError } from './errors.js';
import type { Netns } from './netns.js';
import { openStrict, type Session } from './session.js';

const ENOBUFS = 105;
const ETIMEDOUT = 110;

export interface RequestOptions {
  /** Gives up with ETIMEDOUT after this many milliseconds, default 5000. What was sent may have been done. */
  readonly timeoutMs?: number;
  /** Gives up with the signal's reason. What was sent may have been done. */
  readonly signal?: AbortSignal;
  /** Asks in this network namespace; default: in that of this thread, or that of the session. The process stays where it is. */
  readonly netns?: Netns;
  /** Takes its socket, and leaves it behind for the next; without one, each request opens a socket of its own. */
  readonly session?: Session;
  /** Gets each message of an answer that cannot be read; the rest of the answer is not touched. */
  readonly onMalformed?: (message: MalformedMessage) => void;
}

/** One datagram of requests, and who reads the answers. */
export interface Question {
  readonly bytes: Uint8Array;
  /** Reads one message; true when it is the last that is waited for. */
  readonly read: (message: Message | AnswerMessage) => boolean;
  /** takes the parts of a dump instead */
  readonly parts?: PartReader;
}

/**
 * Yields questions, and goes on when each is answered; or `turn`, so that a long series holds up nobody, and goes on when
 * the event loop has turned.
 */
export type Talk<T> = Generator<Question | 'turn', T, undefined>;

/** What the kernel said at once, or promises to say. */
export type Answer<T> = T | Promise<T>;

/**
 * Leads `talk`, with a time limit and the caller's signal; `what` names the request in errors.
 * With `groups`, the notifications of these groups come to the reader as well, between the answers.
 */
export function converse<T>(
  what: string,
  options: RequestOptions,
  talk: () => Talk<T>,
  groups: readonly Group[] = [],
): Answer<T> {
  const { signal, timeoutMs = 5000, session, onMalformed } = options;
  signal?.throwIfAborted();
  const end = performance.now() + timeoutMs;
  const tooLate = (): NetlinkError => new NetlinkError(what, ETIMEDOUT, `no answer within ${timeoutMs} ms`);
  const talking = talk();
  let waiting: Question | undefined;

  /** Reads what has arrived; whether the question is answered. */
  function receive(question: Question | undefined): boolean {
    const malformed: MalformedMessage[] = [];
    let answered = false;
    const visit = (message: Message | AnswerMessage): void => {
      if (message.kind === 'malformed') malformed.push(message);
      answered ||= question?.read(message) === true;
    };
    const received = naming(what, () =>
      socket.receive((view, from, to) => decodeDatagram(view, from, to, visit, undefined, question?.parts)),
    );
    // Told now, when all is read: it may make requests, which receive into the same memory.
    for (const message of malformed) onMalformed?.(message);
    if (received === 'lossy') throw new NetlinkError(what, ENOBUFS, 'the answer did not fit into the receive buffer');
    return answered;
  }

  /** Asks until all is said, or (undefined) until something has to be waited for: an answer, or a turn. */
  function proceed(): { readonly said: T } | undefined {
    for (;;) {
      const { done, value } = talking.next();
      if (done === true) return { said: value };
      if (value === 'turn') return undefined;
      if (performance.now() > end) throw tooLate();
      socket.send(value.bytes);
      if (receive(value)) continue;
      waiting = value;
      return undefined;
    }
  }

  const shared = groups.length === 0 ? session : undefined; // who leaves a group may still be told of it
  const socket = shared?.take() ?? openStrict(options.netns);
  try {
    if (groups.length > 0) socket.receiveBufferBytes = 1024 * 1024;
    for (const group of groups) socket.join(group);
    const done = proceed();
    if (done !== undefined) {
      if (shared === undefined) socket.close();
      else shared.leave(socket);
      return done.said;
    }
  } catch (error) {
    socket.close();
    throw error;
  }

  return new Promise((resolve, reject) => {
    let isWatched = false;
    const close = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.close();
    };
    const fail = (reason: unknown): void => {
      close();
      reject(reason instanceof Error ? reason : new Error('aborted', { cause: reason }));
    };
    const unlessOver = (work: () => void) => (): void => {
      if (socket.closed) return;
      try {
        work();
      } catch (error) {
        fail(error);
      }
    };
    const hear = unlessOver(() => {
      if (!receive(waiting)) return;
      waiting = undefined;
      goOn();
    });
    const wait = (): void => {
      if (waiting === undefined) setImmediate(goOn);
      else if (!isWatched) {
        isWatched = true;
        socket.watch(hear);
      }
    };
    const goOn = unlessOver(() => {
      const done = proceed();
      if (done === undefined) wait();
      else {
        close();
        resolve(done.said);
      }
    });
    const abort = (): void => fail(signal?.reason);
    const timer = setTimeout(() => fail(tooLate()), end - performance.now());
    signal?.addEventListener('abort', abort);
    unlessOver(wait)();
  });
}

/** Errors of the socket name the request. */
function naming<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof NetlinkError ? new NetlinkError(what, cause.errno, cause.message, { cause }) : cause;
  }
}
