import { addon } from './addon.js';
import { checked } from './error.js';

/**
 * Listens, and nobody accepts: whoever connects can make this process do nothing, and is told by the kernel when the process
 * ends or closes the descriptor.
 *
 * @param address a path, or `@` and the name of an abstract socket
 * @returns a descriptor for fs.closeSync()
 * @throws UnixError
 */
export const listen = (address: string): number => checked(addon().listen(address), `listen at ${address}`);

/**
 * Connects a stream socket.
 *
 * @param address as of listen()
 * @returns a descriptor, for net.Socket say
 * @throws UnixError; EAGAIN when too many wait to be accepted
 */
export const connect = (address: string): number => checked(addon().connect(address), `connect to ${address}`);
