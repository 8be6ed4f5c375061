import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { READ_FLAGS } from './regular-file.js';

/** What was kept, as it was when it was asked for; closed when read to the end. */
export interface Kept {
  /** the next bytes; undefined: there are no more */
  readonly read: () => Buffer | undefined;
  readonly close: () => void;
}

/** A trace in files, of which the oldest make room for the newest. Everything is synchronous: they lie in memory, under /run. */
export interface TraceRing {
  /** another part begins, with this line, which is written at once */
  readonly begin: (header: string) => void;
  readonly append: (line: string) => void;
  /** is it time for another part? */
  readonly isFull: () => boolean;
  readonly kept: () => Kept;
  readonly close: () => void;
}

interface Part {
  readonly path: string;
  size: number;
}

/** So many parts make up a ring: with the oldest, an eighth of what is kept goes. */
const RING_PARTS = 8;
/** What happened last is never only what the newest part holds, which may have just begun. */
const MIN_PARTS = 2;
const CHUNK_BYTES = 65_536;
const name = /^\d{9}\.jsonl$/;

const partsIn = (directory: string): readonly Part[] =>
  readdirSync(directory)
    .filter(one => name.test(one))
    .sort()
    .map(one => join(directory, one))
    .map(path => ({ path, stats: statSync(path) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ path, stats }) => ({ path, size: stats.size }));

const read = (parts: readonly Part[]): Kept => {
  const files = parts.map(({ path, size }) => ({ fd: openSync(path, READ_FLAGS), left: size }));
  return {
    read: () => {
      for (let [file] = files; file !== undefined; [file] = files) {
        const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, file.left));
        const length = readSync(file.fd, buffer);
        file.left -= length;
        if (length > 0) return buffer.subarray(0, length);
        closeSync(file.fd);
        files.shift();
      }
      return undefined;
    },
    close: () => files.splice(0).forEach(file => closeSync(file.fd)),
  };
};

/** What a ring has left of which nobody writes; undefined: nothing that may be read. */
export const keptIn = (directory: string): Kept | undefined => {
  try {
    const parts = partsIn(directory);
    return parts.length === 0 ? undefined : read(parts);
  } catch {
    return undefined;
  }
};

/** All of it, or nothing. Where there is hardly any room write(2) takes only some, and half a line would make the part unreadable. */
const write = (fd: number, part: Part, bytes: Buffer): void => {
  try {
    const written = writeSync(fd, bytes);
    if (written < bytes.length) throw new Error(`expected to write ${bytes.length} bytes, found room for ${written}`);
    part.size += written;
  } catch (error) {
    ftruncateSync(fd, part.size);
    throw error;
  }
};

/** Removes what a ring has left. */
export const removeTraceRing = (directory: string): void => rmSync(directory, { recursive: true, force: true });

/**
 * Opens a ring; what an earlier run left in it is part of it. Files and directory are for this user only.
 *
 * @param limit bytes of all files together; two parts are always there, however long
 * @param fail called once, when something could not be written: no more is, and no part of it is in the files
 */
export const openTraceRing = (directory: string, limit: number, fail: (error: unknown) => void): TraceRing => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let parts = partsIn(directory);
  let fd: number | undefined;
  let waiting = '';
  let isBroken = false;
  /** of the newest part */
  let headerLength = 0;

  const attempt = (act: () => void): void => {
    if (isBroken) return;
    try {
      act();
    } catch (error) {
      isBroken = true;
      leave();
      fail(error);
    }
  };
  const leave = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
    // A part that has nothing but a name helps nobody, and there may be many of them until there is room again.
    const newest = parts.at(-1);
    if (newest?.size === 0) rmSync(newest.path, { force: true });
  };
  const flush = (): void =>
    attempt(() => {
      const newest = parts.at(-1);
      if (waiting === '' || fd === undefined || newest === undefined) return;
      const bytes = Buffer.from(waiting);
      waiting = '';
      write(fd, newest, bytes);
      for (let sum = parts.reduce((all, { size }) => all + size, 0); sum > limit && parts.length > MIN_PARTS;) {
        const [oldest] = parts;
        parts = parts.slice(1);
        sum -= oldest?.size ?? 0;
        if (oldest !== undefined) rmSync(oldest.path, { force: true });
      }
    });
  const append = (line: string): void => {
    // What comes in one turn of the event loop is written at its end: a kill in between loses no more than that.
    if (waiting === '') setImmediate(flush);
    waiting += `${line}\n`;
    if (waiting.length > CHUNK_BYTES) flush();
  };
  return {
    append,
    begin: header => {
      flush();
      attempt(() => {
        if (fd !== undefined) closeSync(fd);
        const last = Number.parseInt(parts.at(-1)?.path.slice(-15) ?? '0', 10);
        const path = join(directory, `${String(last + 1).padStart(9, '0')}.jsonl`);
        fd = openSync(path, 'wx', 0o600);
        parts = [...parts, { path, size: 0 }];
      });
      headerLength = header.length;
      append(header);
      flush();
    },
    // However long a header is, there is more behind it than in it.
    isFull: () => (parts.at(-1)?.size ?? 0) + waiting.length > Math.max(limit / RING_PARTS, 2 * headerLength),
    kept: () => {
      flush();
      return read(parts);
    },
    close: () => {
      flush();
      if (!isBroken) leave();
      isBroken = true;
    },
  };
};
