import { closeSync, openSync, readSync } from 'node:fs';

/** What is read at a time lives longer than what is made of it: the less, the better for the garbage collector. */
const CHUNK = 1 << 16;

/** The lines of a file, read as they are needed; `-` is standard input. Throws what open(2) and read(2) say. */
export const linesOf = function* (path: string): Generator<string> {
  const fd = path === '-' ? 0 : openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK);
    const decoder = new TextDecoder();
    let rest = '';
    for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
      const lines = (rest + decoder.decode(buffer.subarray(0, length), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    if (fd !== 0) closeSync(fd);
  }
};
