import type { Place } from '../system/files/files.js';

/** Who may own what runs as root. */
export const rootOnly: readonly number[] = [0];

const groupOrOthersWrite = 0o022;
const sticky = 0o1000;
const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

const userOf = (uid: number): string => (uid === 0 ? 'root' : `user ${uid}`);

/** Whoever can write to a sticky directory can still not remove or rename what others have in it. */
const isWritable = ({ kind, mode }: Place): boolean =>
  kind !== 'link' && (mode & groupOrOthersWrite) !== 0 && !(kind === 'directory' && (mode & sticky) !== 0);

/**
 * Why nobody may be sure that this path leads to the same thing when it is executed as when it was looked at: the first
 * place on it that somebody else than `owners` could change. Undefined: nobody can.
 */
export const distrust = (places: readonly Place[], owners: readonly number[]): string | undefined => {
  for (const place of places) {
    const { path, uid, mode } = place;
    if (!owners.includes(uid))
      return `${path} belongs to ${userOf(uid)}, expected ${owners.map(userOf).join(' or ')}: chown it`;
    if (isWritable(place)) return `${path} is writable by group or others (mode ${octal(mode)}): chmod go-w it`;
  }
  return undefined;
};
