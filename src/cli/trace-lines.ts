import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { createLineCutter } from '../trace/line-cutter.js';

/** What is read at a time lives longer than what is made of it: the less, the better for the garbage collector. */
const CHUNK_BYTES = 1 << 16;

/** The lines of a trace in a file, read as they are needed; `-` is standard input. Throws what open(2) and read(2) say, and a TraceError. */
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
