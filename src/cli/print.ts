import { writeSync } from 'node:fs';
import { errorCode } from '../system/files/error-code.js';

const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes to standard output and waits until it is taken, for long output without a break. Throws the error of write(2):
 * EPIPE when nobody reads any more.
 */
export const print = (text: string): void => {
  for (let rest = Buffer.from(text); rest.length > 0;)
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 5); // somebody made it non-blocking
    }
};
