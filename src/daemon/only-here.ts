import { join } from 'node:path';
import { fault, type Fault, toError } from '../model/fault.js';
import { lockFile } from '../system/files/lock-file.js';

/** `unknown`: no lock can be had there, nor anything else be written */
export type Place =
  | { readonly is: 'ours' }
  | { readonly is: 'taken'; readonly why: string }
  | { readonly is: 'unknown'; readonly fault: Fault };

/**
 * Only one daemon has a runtime directory, from before it touches anything there until it ends, however it does: files of
 * scripts that run, sockets, state and trace are its own.
 */
export const onlyHere = (directory: string): Place => {
  try {
    const lock = lockFile(join(directory, 'lock'), String(process.pid));
    if (lock.isOurs) return { is: 'ours' };
    const who = /^\d+$/.test(lock.note) ? `process ${lock.note}` : 'another process';
    return {
      is: 'taken',
      why: `not started: expected no daemon that has ${directory}, found one, ${who}; its log, if systemd started it: journalctl -u network-broker -f; network-broker status tells how it is doing, network-broker monitor what happens`,
    };
  } catch (error) {
    const message = `${directory}: expected to lock it, so that no second daemon uses it, found ${toError(error).message}; everything else works`;
    return { is: 'unknown', fault: fault('runtime-unlocked', message, error) };
  }
};
