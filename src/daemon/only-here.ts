import { join } from 'node:path';
import { fault, type Fault, toError } from '../model/fault.js';
import { lockFile } from '../system/files/lock-file.js';

/** `unknown`: nothing can be written there, not even a lock */
export type Place =
  | { readonly is: 'ours' }
  | { readonly is: 'taken'; readonly why: string }
  | { readonly is: 'unknown'; readonly fault: Fault };

/**
 * Makes sure that only one daemon uses a runtime directory, from before it touches anything there until it ends,
 * however that happens: script files, sockets, state and trace are its own.
 */
export const onlyHere = (directory: string): Place => {
  try {
    const lock = lockFile(join(directory, 'lock'), String(process.pid));
    if (lock.isOurs) return { is: 'ours' };
    const who = /^\d+$/.test(lock.note) ? `process ${lock.note}` : 'another process';
    return {
      is: 'taken',
      why: `not started: another daemon already uses ${directory}: ${who}; see network-broker status, network-broker monitor, or its log: journalctl -u network-broker -f`,
    };
  } catch (error) {
    const message = `${directory}: cannot be locked, so a second daemon would not be noticed: ${toError(error).message}; everything else works`;
    return { is: 'unknown', fault: fault('runtime-unlocked', message, error) };
  }
};
