import { addon } from './addon.js';
import { UnixError, checked } from './error.js';

/**
 * Locks an open file for nobody else, as flock(2) with LOCK_EX and LOCK_NB. The lock lasts until the descriptor and all
 * copies of it are closed, at the latest when the process ends, however it does.
 *
 * @returns false: somebody else has it
 * @throws UnixError
 */
export const lock = (descriptor: number): boolean => {
  try {
    checked(addon().lock(descriptor), `lock descriptor ${descriptor}`);
    return true;
  } catch (error) {
    if (error instanceof UnixError && error.code === 'EAGAIN') return false;
    throw error;
  }
};
