import { addon } from './addon.js';
import { checked } from './error.js';

/** Two connected AF_UNIX stream sockets, closed by a program that this one executes. Throws UnixError. */
export const socketPair = (): readonly [number, number] => checked(addon().pair(), 'make a pair of sockets');

/**
 * Sends bytes, at least one, and with the first of them copies of up to 64 descriptors (SCM_RIGHTS, unix(7)).
 *
 * @returns how many bytes were sent
 * @throws UnixError; EAGAIN when there is no room for them now
 */
export const sendDescriptors = (socket: number, bytes: Uint8Array, descriptors: readonly number[]): number =>
  checked(addon().send(socket, bytes, descriptors), `send ${descriptors.length} descriptors`);

export interface Received {
  /** empty: the other end was closed */
  readonly bytes: Uint8Array;
  /** open, and for whoever receives them to close; a program that is executed does not inherit them */
  readonly descriptors: readonly number[];
}

/**
 * Receives what one sendDescriptors() sent, or less of its bytes.
 *
 * @param limit the most bytes to take
 * @throws UnixError; EAGAIN when nothing waits; E2BIG when there were more descriptors than 64, or than this process may
 *   have: all are closed
 */
export const receiveDescriptors = (socket: number, limit = 4096): Received => {
  const buffer = new Uint8Array(limit);
  const [length, ...descriptors] = checked(addon().receive(socket, buffer), 'receive descriptors');
  return { bytes: buffer.subarray(0, length), descriptors };
};
