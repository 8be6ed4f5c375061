import type { NetlinkError } from './errors.js';
import type { Netns } from './netns.js';
import { Socket } from './socket.js';

export function openStrict(netns?: Netns): Socket {
  const socket = new Socket(undefined, netns);
  socket.beStrict();
  return socket;
}

/**
 * The socket options that requests do without here, as an older kernel does not know them or a sandbox does not let them
 * through: each as the error, which names the option and ends with what it means. Throws NetlinkError: there is no netlink at all.
 */
export function refusedOptions(): readonly NetlinkError[] {
  const socket = new Socket();
  const refused = socket.beStrict();
  socket.close();
  return refused;
}

/**
 * One socket for request after request, which saves a third of the time of a short one. It belongs to the network namespace
 * that the thread was in when it was opened, or to that which is given. Only a request that was answered at once leaves it behind: nothing of it is to come.
 */
export class Session {
  #socket: Socket | undefined;
  readonly #netns: Netns | undefined;

  constructor(netns?: Netns) {
    this.#netns = netns;
  }

  /** For one request alone. Throws NetlinkError. */
  take(): Socket {
    const socket = this.#socket ?? openStrict(this.#netns);
    this.#socket = undefined;
    return socket;
  }

  leave(socket: Socket): void {
    this.#socket?.close();
    this.#socket = socket;
  }

  /** The next request opens another. */
  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}
