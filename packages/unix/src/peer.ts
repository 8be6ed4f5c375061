import type { Socket } from 'node:net';
import { addon } from './addon.js';
import { checked } from './error.js';

/** Who connected, or who listens, as the kernel noted it then: SO_PEERCRED, unix(7). */
export interface Peer {
  /** 0: of another PID namespace */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Node shows it only in its handle, which has been the same since Node 0.12; -1: there is none, it is closed say. */
const descriptorOf = (socket: Socket): number => {
  const handle: unknown = Reflect.get(socket, '_handle');
  const fd: unknown = isObject(handle) ? Reflect.get(handle, 'fd') : undefined;
  return typeof fd === 'number' ? fd : -1;
};

/**
 * The other end of a connected AF_UNIX socket: of a descriptor, or of Node's.
 *
 * @throws UnixError; EBADF when it is closed
 */
export const peerOf = (socket: Socket | number): Peer => {
  const descriptor = typeof socket === 'number' ? socket : descriptorOf(socket);
  const [pid, uid, gid] = checked(addon().peer(descriptor), 'know who is at the other end of a socket');
  return { pid, uid, gid };
};
