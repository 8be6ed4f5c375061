import { readdirSync } from 'node:fs';
import { textOf } from '../system/files/regular-file.js';

/** Bits of CAP_NET_ADMIN and CAP_SYS_ADMIN (linux/capability.h). */
const two = (1n << 12n) | (1n << 21n);

const valuesOf = (status: string, name: string): readonly string[] =>
  (new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '0').split(/\s+/);

/**
 * Why nothing may be run with the privileges of these threads; undefined if none has a uid of root's or a capability
 * that the daemon does not need.
 *
 * @param statuses the texts of `/proc/self/task/<tid>/status` (proc_pid_status(5))
 */
export const tooPrivileged = (statuses: readonly string[]): string | undefined => {
  const remedy = 'start bin/network-broker, which drops privileges first';
  if (statuses.some(status => valuesOf(status, 'Uid').includes('0'))) return `refuses to run as root: ${remedy}`;
  const more = ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].find(name =>
    statuses.some(status => (BigInt(`0x${valuesOf(status, name).join('')}`) & ~two) !== 0n),
  );
  return more === undefined
    ? undefined
    : `expected only CAP_NET_ADMIN and CAP_SYS_ADMIN, found more capabilities (${more} in /proc/self/status): ${remedy}`;
};

/** The same for every thread of this process. */
export const tooPrivilegedHere = (): string | undefined =>
  tooPrivileged(readdirSync('/proc/self/task').map(id => textOf(`/proc/self/task/${id}/status`)));
