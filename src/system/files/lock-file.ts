import { lock } from '@network-stack/unix';
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** `note`: what the holder wrote into the file */
export type LockFile =
  { readonly isOurs: true; readonly close: () => void } | { readonly isOurs: false; readonly note: string };

const NOTE_MAX = 256;
const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Locks a file by flock(2) for as long as this process lives, or until closed, and leaves a note in it. Nobody but the user
 * whose directory it lies in can open it: what root creates there is given to that user. It is never removed: who comes next
 * would lock another file than who has this one.
 *
 * @throws errors of the file system
 */
export const lockFile = (path: string, note: string): LockFile => {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    const file = fstatSync(fd);
    if (!file.isFile() || file.nlink !== 1)
      throw new Error(
        `${path}: expected a regular file with a single hard link to lock, found something else: remove it`,
      );
    const owner = statSync(directory);
    if (file.uid === process.geteuid?.() && file.uid !== owner.uid) fchownSync(fd, owner.uid, owner.gid);
    if (lock(fd)) {
      ftruncateSync(fd);
      writeSync(fd, note, 0);
      return { isOurs: true, close: () => closeSync(fd) };
    }
    const buffer = Buffer.alloc(NOTE_MAX);
    const theirs = buffer.toString('utf8', 0, readSync(fd, buffer, 0, NOTE_MAX, 0)).trim();
    closeSync(fd);
    return { isOurs: false, note: theirs };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
};
