/** Notifications as an async iterable. */
import type { Message } from './codec/message.js';
import { decodeFurther, type FurtherMessage } from './further.js';
import { subscribe, type SubscriptionOptions } from './subscription.js';

/** The kernel dropped messages because they were not read in time: what is known may be stale, list again. */
export interface Overrun {
  readonly kind: 'overrun';
}

export interface WatchOptions extends Pick<SubscriptionOptions, 'groups' | 'netns' | 'receiveBufferBytes' | 'types'> {
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/**
 * Subscribes at once, and tells each message in order, of all groups, until the loop is left or the signal aborts; it keeps the
 * process alive meanwhile. What waits to be iterated is kept: list after this has returned, and nothing is missed between
 * the two. Throws NetlinkError.
 */
export function watch(options: WatchOptions): AsyncIterableIterator<Message | FurtherMessage | Overrun> {
  const { signal, ...rest } = options;
  let waiting: (Message | FurtherMessage | Overrun)[] = [];
  let wake = (): void => undefined;
  let ends = signal?.aborted ?? false;
  const tell = (messages: readonly (Message | FurtherMessage | Overrun)[]): void => {
    for (const message of messages) waiting.push(message);
    wake();
  };
  const subscription = subscribe({
    ...rest,
    ref: true,
    onMessages: batch => tell(batch.map(decodeFurther)),
    onOverrun: () => tell([{ kind: 'overrun' }]),
  });
  const end = (): void => {
    ends = true;
    subscription.close();
    signal?.removeEventListener('abort', end);
    wake();
  };
  if (ends) end();
  else signal?.addEventListener('abort', end);
  const iterate = async function* (): AsyncGenerator<Message | FurtherMessage | Overrun, void> {
    try {
      for (;;) {
        const batch = waiting;
        waiting = [];
        yield* batch;
        if (ends && waiting.length === 0) return;
        if (waiting.length === 0) await new Promise<void>(resolve => (wake = resolve));
      }
    } finally {
      end();
    }
  };
  const iterator = iterate();
  // A generator that was never begun has no `finally` to run.
  return {
    next: () => iterator.next(),
    return: () => (end(), iterator.return()),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
