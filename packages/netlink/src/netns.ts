/** Network namespaces as they are named: network_namespaces(7), ip-netns(8). */
import { openSync } from 'node:fs';
import { constants } from 'node:os';
import { NetlinkError } from './errors.js';

/**
 * A network namespace: the name that ip-netns(8) gave it, a path with a slash in it (`/proc/1234/ns/net`), or a file
 * descriptor, which stays the caller's.
 */
export type Netns = string | number;

/** A descriptor of the namespace, to be closed. Throws NetlinkError: ENOENT when there is none of that name. */
export function openNetns(name: string): number {
  try {
    return openSync(name.includes('/') ? name : `/run/netns/${name}`, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const errno = Object.entries(constants.errno).find(([known]) => known === code)?.[1] ?? constants.errno.EINVAL;
    throw new NetlinkError(`open the network namespace ${name}`, errno);
  }
}
