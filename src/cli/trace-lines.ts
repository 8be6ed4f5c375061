import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { createLineCutter } from '../trace/line-cutter.js';

/** A chunk outlives the lines made of it: small chunks are better for the garbage collector. */
const CHUNK_BYTES = 1 << 16;

/**
 * The lines of a trace file, read on demand; `-` is standard input. Throws errors of open(2) and read(2), and a
 * TraceError.
 */
export const linesOf = function* (path: string): Generator<string> {
  const fd = path === '-' ? 0 : openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    const decoder = new StringDecoder();
    const cutter = createLineCutter();
    for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer))
      for (const line of cutter.push(decoder.write(buffer.subarray(0, length)))) yield line;
    const rest = cutter.rest();
    if (rest !== '') yield rest;
  } finally {
    if (fd !== 0) closeSync(fd);
  }
};
