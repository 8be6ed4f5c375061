import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** What is read at a time lives longer than what is made of it: the less, the better for the garbage collector. */
const CHUNK = 1 << 16;

/** The lines of a file, read as they are needed; `-` is standard input. Throws what open(2) and read(2) say. */
export const linesOf = function* (path: string): Generator<string> {
  const fd = path === '-' ? 0 : openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK);
    const decoder = new StringDecoder();
    let rest = '';
    for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, length))).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield line;
    }
    if (rest !== '') yield rest;
  } finally {
    if (fd !== 0) closeSync(fd);
  }
};
