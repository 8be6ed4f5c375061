/** Notifications of the kernel, in batches. */
import { decodeDatagram, type Message } from './codec/message.js';
import type { Group } from './constants.js';
import type { Netns } from './netns.js';
import { Socket } from './socket.js';

export interface SubscriptionOptions {
  /** Groups to join at once. */
  readonly groups: readonly Group[];
  /** Gets every message that waited, in order, one call per turn of the event loop. What it throws is uncaught. */
  readonly onMessages: (batch: readonly Message[]) => void;
  /** The kernel dropped messages because the receive buffer was full: what is known may be stale, dump again. */
  readonly onOverrun: () => void;
  /** Only these message types (RTM_*) are decoded and delivered; default: all. */
  readonly types?: Iterable<number>;
  /** Hears of this network namespace; default: of that of this thread. */
  readonly netns?: Netns;
  /** Receive buffer, default 1 MiB: about 2,500 queued route messages. */
  readonly receiveBufferBytes?: number;
  /** Whether the subscription keeps the process alive; default false. */
  readonly ref?: boolean;
}

export interface Subscription {
  /** Receives what the kernel has queued already and delivers it before it returns; what onMessages throws comes out here. */
  drain(): void;
  join(group: Group): void;
  leave(group: Group): void;
  ref(): void;
  unref(): void;
  /** No call-back runs after this returns. Closing again does nothing. */
  close(): void;
  /** What the kernel granted: twice what was asked for, or less without CAP_NET_ADMIN. */
  readonly receiveBufferBytes: number;
}

/** Subscribes to groups of the current network namespace. Throws NetlinkError. */
export function subscribe(options: SubscriptionOptions): Subscription {
  const types = options.types === undefined ? undefined : new Set(options.types);

  /** One buffer's worth; false when nothing waited. */
  function deliver(): boolean {
    const batch: Message[] = [];
    const received = socket.receive((view, from, end) =>
      decodeDatagram(
        view,
        from,
        end,
        message => {
          if (message.kind !== 'answer') batch.push(message);
        },
        types,
      ),
    );
    try {
      if (received === 'lossy') options.onOverrun();
    } finally {
      if (batch.length > 0 && !socket.closed) options.onMessages(batch);
    }
    return received !== 'nothing';
  }

  const socket = new Socket(undefined, options.netns);
  try {
    socket.watch(deliver);
    socket.ref(options.ref ?? false);
    socket.receiveBufferBytes = options.receiveBufferBytes ?? 1024 * 1024;
    for (const group of options.groups) socket.join(group);
  } catch (error) {
    socket.close();
    throw error;
  }
  return {
    drain() {
      while (!socket.closed && deliver());
    },
    join: group => socket.join(group),
    leave: group => socket.leave(group),
    ref: () => socket.ref(true),
    unref: () => socket.ref(false),
    close: () => socket.close(),
    get receiveBufferBytes() {
      return socket.receiveBufferBytes;
    },
  };
}
