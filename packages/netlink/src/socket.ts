/** One netlink socket: bytes out, datagrams in. */
import { versions } from 'node:process';
import { addon, type Handle } from './addon.js';
import { LE } from './codec/attributes.js';
import { NetlinkError } from './errors.js';
import { GROUPS, type Group } from './constants.js';
import type { Netns } from './netns.js';

const EBADF = 9;
const NETLINK_ROUTE = 0;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_DROP_MEMBERSHIP = 2;
/** What requests use where they are let, and what it means where they are not. */
const OPTIONS = [
  ['NETLINK_EXT_ACK', 11, 'errors come without the sentence by which the kernel explains them'],
  ['NETLINK_CAP_ACK', 10, 'errors repeat the whole request'],
  ['NETLINK_GET_STRICT_CHK', 12, 'the kernel lists everything, and what was not asked for is left out here'],
] as const;

/** Of libuv's polling Bun has nothing, and Deno what calls back once and then crashes. */
const WITHOUT_LIBUV = 'bun' in versions || 'deno' in versions;

/** Length and `lost` flag in front of every datagram, see addon/netlink.c. */
const RECORD_HEADER_BYTES = 8;
/**
 * All sockets of a thread receive into this: what is received is decoded before anything else runs. So much at a time, and room
 * for one datagram of any length more, which is memory only when there is one.
 */
const arena = new Uint8Array((192 + 1024) * 1024);
const view = new DataView(arena.buffer);

/** Reads one datagram in view[from, end); `view` is valid until it returns. */
export type DatagramReader = (view: DataView, from: number, end: number) => void;

/** What a receive found: nothing waits; datagrams, none missing; or the kernel had to drop some. */
export type Received = 'nothing' | 'complete' | 'lossy';

export class Socket {
  #handle: Handle | undefined;

  /** Opens and binds, in the network namespace of this thread or in another. Throws NetlinkError. */
  constructor(protocol = NETLINK_ROUTE, netns?: Netns) {
    const handle = addon().open(protocol, netns);
    if (typeof handle === 'number')
      throw new NetlinkError(`open a netlink socket${netns === undefined ? '' : ` in ${netns}`}`, -handle);
    this.#handle = handle;
  }

  get closed(): boolean {
    return this.#handle === undefined;
  }

  /** Closing again does nothing. */
  close(): void {
    if (this.#handle !== undefined) addon().close(this.#handle);
    this.#handle = undefined;
  }

  /** From now on `onReadable` is called on the event loop whenever datagrams or an overrun wait; it keeps the process alive. */
  watch(onReadable: () => void): void {
    this.#check('watch a netlink socket', h => addon().watch(h, onReadable, WITHOUT_LIBUV));
  }

  /** Whether the open socket, which is watched, keeps the process alive. */
  ref(on: boolean): void {
    if (this.#handle !== undefined) addon().ref(this.#handle, on);
  }

  /** A group of NETLINK_ROUTE by its name, one of another protocol by its number. */
  join(group: Group | number): void {
    const number = typeof group === 'number' ? group : GROUPS[group];
    this.#check(`join ${group}`, h => addon().setOption(h, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, number));
  }

  leave(group: Group): void {
    this.#check(`leave ${group}`, h => addon().setOption(h, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, GROUPS[group]));
  }

  /**
   * The kernel explains errors in a sentence, without repeating the request, and filters dumps. Older ones, and sandboxes, do
   * not know all of it, and requests do without: the result names what was refused.
   */
  beStrict(): readonly NetlinkError[] {
    const refused: NetlinkError[] = [];
    for (const [name, option, meaning] of OPTIONS) {
      const result = this.#handle === undefined ? -EBADF : addon().setOption(this.#handle, SOL_NETLINK, option, 1);
      if (result < 0) refused.push(new NetlinkError(`set ${name}`, -result, meaning));
    }
    return refused;
  }

  /** Size of the receive buffer in bytes as the kernel counts, twice what was asked for. */
  get receiveBufferBytes(): number {
    return this.#check('read SO_RCVBUF', h => addon().getOption(h, SOL_SOCKET, SO_RCVBUF));
  }

  /** Without CAP_NET_ADMIN the kernel caps it at net.core.rmem_max. */
  set receiveBufferBytes(bytes: number) {
    this.#check('set SO_RCVBUF', h => {
      const forced = addon().setOption(h, SOL_SOCKET, SO_RCVBUFFORCE, bytes);
      return forced === 0 ? 0 : addon().setOption(h, SOL_SOCKET, SO_RCVBUF, bytes);
    });
  }

  /** Sends one datagram. rtnetlink works while sending: a request other than a dump is answered when this returns. */
  send(bytes: Uint8Array): void {
    this.#check('send', h => addon().send(h, bytes));
  }

  /** Reads what waits, at most about 192 KiB at a time, without blocking. */
  receive(read: DatagramReader): Received {
    const used = this.#check('receive', h => addon().receive(h, arena));
    let lossy = false;
    for (let at = 0; at < used;) {
      const length = view.getUint32(at, LE);
      const lost = view.getUint32(at + 4, LE) !== 0;
      if (lost) lossy = true;
      else read(view, at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
      at += (RECORD_HEADER_BYTES + length + 7) & ~7;
    }
    return lossy ? 'lossy' : used === 0 ? 'nothing' : 'complete';
  }

  #check(what: string, call: (handle: Handle) => number): number {
    const result = this.#handle === undefined ? -EBADF : call(this.#handle);
    if (result < 0) throw new NetlinkError(what, -result);
    return result;
  }
}
