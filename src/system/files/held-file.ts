import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { Observable } from 'rxjs';
import { onDisk } from './on-disk.js';
import { type Place, placeOf } from './walk.js';

/** open(2): the file is neither read nor executed by it. node:fs has no name for it. */
const O_PATH = 0o10000000;

export interface HeldFile {
  /** as the descriptor shows it */
  readonly place: Place;
  /** Does this path lead to the very file at the moment? */
  readonly isAt: (path: string) => boolean;
}

/**
 * Opens what is at a path, no link, and keeps it open while subscribed: meanwhile no other file has its number. Errs with what open(2)
 * fails with.
 */
export const heldFile = (path: string): Observable<HeldFile> =>
  new Observable(out => {
    const descriptor = openSync(onDisk(path), O_PATH | constants.O_NOFOLLOW);
    out.add(() => closeSync(descriptor));
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    out.next({
      place: placeOf(path, fstatSync(descriptor)),
      isAt: name => {
        const stats = statSync(onDisk(name), { bigint: true, throwIfNoEntry: false });
        return stats?.dev === dev && stats.ino === ino;
      },
    });
  });
