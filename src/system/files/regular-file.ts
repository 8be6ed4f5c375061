import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { bytesToText } from '@network-stack/netlink/text';
import { onDisk } from './on-disk.js';
import { errorCode, isMissing } from './error-code.js';
import { isScarcity } from '../processes/scarcity.js';

export type FileText =
  | { readonly is: 'text'; readonly text: string }
  /** there is none, or no way to it */
  | { readonly is: 'absent' }
  /** `why` names the path, what was expected and what was found */
  | { readonly is: 'refused'; readonly why: string; /** of an errno that may pass */ readonly code?: string };

export const MIB = 1_048_576;

/** Node adds O_CLOEXEC. Without O_NONBLOCK, a FIFO waits for a writer, and any file for whoever has a lease on it (fcntl(2)). */
export const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
/** Files of the kernel say that they are empty: so many bytes are asked for at first. */
const FIRST_READ_BYTES = 4096;

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** 65536 → `64 KiB` */
const sizeText = (bytes: number): string => {
  const whole = units.filter((_, nth) => bytes > 0 && bytes % 1024 ** nth === 0).length - 1;
  return `${bytes / 1024 ** Math.max(whole, 0)} ${units[Math.max(whole, 0)] ?? ''}`;
};

const kindOf = (stats: Stats): string => {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return stats.isBlockDevice() ? 'a block device' : 'a character device';
};

/** What was found instead of a regular file that is short enough; undefined: it is one. */
const oddity = (stats: Stats, most: number): string | undefined => {
  if (!stats.isFile()) return kindOf(stats);
  return stats.size > most ? `one of ${sizeText(stats.size)}` : undefined;
};

/** Undefined: there is more. It may grow while it is read. */
const readAll = (fd: number, size: number, most: number): string | undefined => {
  let buffer = Buffer.allocUnsafe(Math.min(Math.max(size, FIRST_READ_BYTES), most) + 1);
  for (let length = 0; ;) {
    const read = readSync(fd, buffer, length, buffer.length - length, null);
    if (read === 0) return bytesToText(buffer.subarray(0, length));
    length += read;
    if (length > most) return undefined;
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(2 * length, most) + 1);
  }
};

/** `EACCES: permission denied`, without Node's account of the call */
const said = (error: unknown): string => (isNativeError(error) ? error.message : String(error)).replace(/, .*/s, '');

/**
 * The text of a regular file, of at most so many bytes. Whatever else lies there is neither waited for nor read: anybody may
 * put a FIFO, or a link to a device that is opened to its harm, where a file is expected. What was opened is looked at, so
 * that it may be swapped at any time. Never throws.
 */
export const readRegularFile = (path: string, most: number = MIB): FileText => {
  const refused = (found: string) => ({
    is: 'refused' as const,
    why: `${path}: expected a regular file of at most ${sizeText(most)}, found ${found}`,
  });
  try {
    // An exception costs more than this look, and most files asked for are not there.
    const place = onDisk(path);
    const seen = statSync(place, { throwIfNoEntry: false });
    if (seen === undefined) return { is: 'absent' };
    const odd = oddity(seen, most);
    if (odd !== undefined) return refused(odd);
    const fd = openSync(place, READ_FLAGS);
    try {
      const opened = fstatSync(fd);
      const swapped = oddity(opened, most);
      if (swapped !== undefined) return refused(swapped);
      const text = readAll(fd, opened.size, most);
      return text === undefined ? refused('a longer one') : { is: 'text', text };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isMissing(error)) return { is: 'absent' };
    return isScarcity(error) ? { ...refused(said(error)), code: errorCode(error) } : refused(said(error));
  }
};

/** The same; empty if it is missing or cannot be read. */
export const textOf = (path: string, most: number = MIB): string => {
  const read = readRegularFile(path, most);
  return read.is === 'text' ? read.text : '';
};
