import type { Readable } from 'node:stream';
import { createLines } from './lines.js';

/** What a process writes to: one that is a handle of its own need not keep this process alive. */
export interface Pipe extends Readable {
  readonly unref?: () => unknown;
}

/** Bytes taken from a pipe in one turn of the event loop. */
const READ_BYTES = 16_384;
/** So many pipes that only children who live on hold are kept open; then the oldest is closed. */
const MAX_LINGERING_PIPES = 32;
const lingering = new Set<Pipe>();

const NEWLINE = 0x0a;
/** A line costs so many bytes more than it has: the log adds no less, and a line may be empty. */
const LINE_BYTES = 32;

/** How much of a run's output is handed on, in bytes: both pipes draw on the same. */
export interface Budget {
  readonly limit: number;
  left: number;
  /** what was left out */
  cut: number;
  /** all that was read */
  taken: number;
}

export const createBudget = (limit: number): Budget => ({ limit, left: limit, cut: 0, taken: 0 });

/** Takes from a budget what a chunk costs; how many bytes of it there was room for. */
const spend = (budget: Budget, chunk: Buffer): number => {
  let at = 0;
  while (at < chunk.length && budget.left > 0) {
    const newline = chunk.indexOf(NEWLINE, at);
    const end = Math.min(newline === -1 ? chunk.length : newline + 1, at + budget.left);
    budget.left -= end - at + (end === newline + 1 ? LINE_BYTES : 0);
    at = end;
  }
  budget.cut += chunk.length - at;
  return at;
};

/** Reads a stream sip by sip, so that megabytes of output do not keep the event loop from its other work. */
const drink = (stream: Pipe, each: (chunk: Buffer) => void): void => {
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
const linger = (stream: Pipe): void => {
  if (stream.destroyed) return;
  stream.unref?.();
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
export const readOutput = (stream: Pipe, budget: Budget, each: (line: string) => void, closed: () => void): Output => {
  const lines = createLines(each);
  let isLeft = false;
  let spare = budget.limit;
  const take = (chunk: Buffer): void => {
    budget.taken += chunk.length;
    if (isLeft) {
      spare -= chunk.length;
      if (spare < 0) stream.destroy();
      return;
    }
    lines.push(chunk.subarray(0, spend(budget, chunk)));
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
