import type { Socket } from 'node:net';
import { createLines } from './lines.js';

/** Bytes taken from a pipe in one turn of the event loop. */
const READ_BYTES = 16_384;
/** So many pipes that only children who live on hold are kept open; then the oldest is closed. */
const MAX_LINGERING_PIPES = 32;
const lingering = new Set<Socket>();

/** How much of a run's output is handed on, in bytes: both pipes draw on the same. */
export interface Budget {
  readonly limit: number;
  left: number;
  /** what was left out */
  cut: number;
}

export const createBudget = (limit: number): Budget => ({ limit, left: limit, cut: 0 });

/** Reads a stream sip by sip, so that megabytes of output do not keep the event loop from its other work. */
const drink = (stream: Socket, each: (chunk: Buffer) => void): void => {
  let isWaiting = false;
  const pump = (): void => {
    isWaiting = false;
    const chunk: unknown = stream.read(Math.min(READ_BYTES, stream.readableLength));
    if (!(chunk instanceof Buffer)) return;
    each(chunk);
    isWaiting = true;
    setImmediate(pump);
  };
  stream.on('readable', () => {
    if (!isWaiting) pump();
  });
};

/**
 * A pipe that only children who live on still hold. It is read on and thrown away, so that they neither block nor die of a broken
 * pipe, until they have written more than a run may, or more than 32 such pipes are open.
 */
const linger = (stream: Socket): void => {
  if (stream.destroyed) return;
  stream.unref();
  lingering.add(stream);
  stream.once('close', () => lingering.delete(stream));
  const [oldest] = lingering;
  if (oldest === undefined || lingering.size <= MAX_LINGERING_PIPES) return;
  lingering.delete(oldest);
  oldest.destroy();
};

export interface Output {
  /** Hands on what has arrived; from now on nothing is. */
  readonly finish: () => void;
  /** Hands on nothing from now on. */
  readonly leave: () => void;
}

/** Reads what a process writes, line by line, to the end of the pipe, of the budget, or until it is left. */
export const readOutput = (
  stream: Socket,
  budget: Budget,
  each: (line: string) => void,
  closed: () => void,
): Output => {
  const lines = createLines(each);
  let isLeft = false;
  let spare = budget.limit;
  const take = (chunk: Buffer): void => {
    if (isLeft) {
      spare -= chunk.length;
      if (spare < 0) stream.destroy();
      return;
    }
    const kept = Math.min(chunk.length, budget.left);
    budget.left -= kept;
    budget.cut += chunk.length - kept;
    lines.push(chunk.subarray(0, kept));
  };
  drink(stream, take);
  stream.once('close', () => {
    if (isLeft) return;
    lines.end();
    closed();
  });
  const leave = (): void => {
    if (isLeft) return;
    isLeft = true;
    linger(stream);
  };
  return {
    finish: () => {
      const arrived: unknown = stream.read();
      if (arrived instanceof Buffer) take(arrived);
      lines.end();
      leave();
    },
    leave,
  };
};
