import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import { errorCode } from '../files/error-code.js';

/** Bytes that wait for their reader. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** Milliseconds until what was not taken is offered again: twice as long each time that nothing is. */
const FIRST_PAUSE_MS = 5;
const MAX_PAUSE_MS = 1000;
/** How long the end of the process waits for a reader, in milliseconds. */
const EXIT_TIMEOUT_MS = 300;

export interface LogWriter {
  /** Holds a line, with its end, until `drain`. */
  readonly write: (line: string) => void;
  /** Writes what the reader takes without waiting for him; what he does not is offered again by itself. */
  readonly drain: () => void;
  /** Waits for the reader for 0.3 s at most. */
  readonly finish: () => void;
}

/**
 * A descriptor for the same place on which a write never waits. O_NONBLOCK belongs to the open file, which others may share
 * (a shell, say), so it is opened once more; what cannot be (a socket, the pipe of another user) is as every program of
 * Node has it while it runs.
 */
const unblocked = (fd: number): number => {
  if (fstatSync(fd).isFile()) return fd;
  try {
    const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    if (!isatty(fd)) new Socket({ fd, readable: false, writable: true }).unref();
    return fd;
  }
};

const linesIn = (bytes: Buffer): number => bytes.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 0);

/**
 * Writes lines to a reader that may be slow, or stand still: holds up to 1 MiB and leaves out what comes then, until all of
 * that is written. Never throws, and never waits.
 *
 * @param lost the line that says how many were left out, and why
 */
export const createLogWriter = (fd: number, lost: (lines: number, why: string) => string): LogWriter => {
  const out = unblocked(fd);
  let held: string[] = [];
  let bytes = 0; // in `held`
  let rest = Buffer.alloc(0); // what is being written
  let missing = 0;
  let told = 0; // of these, how many `rest` speaks of
  let why = '';
  let pause = FIRST_PAUSE_MS;
  let retry: NodeJS.Timeout | undefined;

  const offer = (): 'written' | 'waiting' | 'refused' => {
    while (rest.length > 0 || bytes > 0 || missing > 0) {
      if (rest.length === 0) {
        told = bytes > 0 ? 0 : missing;
        rest = Buffer.from(told > 0 ? lost(missing, why) : held.join(''));
        held = [];
        bytes = 0;
      }
      try {
        const written = writeSync(out, rest);
        rest = rest.subarray(written);
        pause = FIRST_PAUSE_MS;
        if (rest.length > 0) return 'waiting';
        missing -= told;
        told = 0;
      } catch (error) {
        const code = errorCode(error);
        if (code === 'EAGAIN') return 'waiting';
        if (told === 0) missing += linesIn(rest);
        why = code;
        rest = Buffer.alloc(0);
        told = 0;
        return 'refused';
      }
    }
    return 'written';
  };
  const again = (): void => {
    retry = setTimeout(() => {
      retry = undefined;
      drain();
    }, pause).unref();
    pause = Math.min(2 * pause, MAX_PAUSE_MS);
  };
  const drain = (): void => {
    if (retry === undefined && offer() === 'waiting') again();
  };
  return {
    write: line => {
      const size = Buffer.byteLength(line);
      const fits = (): boolean => missing === told && rest.length + bytes + size <= MAX_WAITING_BYTES;
      if (!fits() && missing === told) offer(); // he may have come back
      if (fits()) {
        held.push(line);
        bytes += size;
        return;
      }
      if (missing === 0) why = '';
      missing += 1;
    },
    drain,
    finish: () => {
      clearTimeout(retry);
      const nobody = new Int32Array(new SharedArrayBuffer(4));
      for (const end = performance.now() + EXIT_TIMEOUT_MS; offer() === 'waiting' && performance.now() < end;)
        Atomics.wait(nobody, 0, 0, FIRST_PAUSE_MS);
    },
  };
};
