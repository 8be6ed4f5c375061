import { geteuid } from 'node:process';
import { textOf } from './regular-file.js';
import { createWalker, type Place, type Walk, type Walker } from './walk.js';

export interface TrustedWays {
  /** the users whose files may be executed and obeyed: root, and the daemon's own if it is an ordinary user without capabilities */
  readonly owners: readonly number[];
  /** as `createWalker`; what is not to be seen of the way is left out */
  readonly walker: () => Walker;
}

/** user_namespaces(7): what the namespace does not map shows up as this user. */
const OVERFLOW_UID = 65534;
const allUsers = /^\s*0\s+0\s+4294967295\s*$/;

/** What this process may trust of the file system. */
export const createTrustedWays = (): TrustedWays => {
  const uid = geteuid?.() ?? 0;
  const capabilities = /^CapPrm:\s*0*([0-9a-f]*)$/m.exec(textOf('/proc/self/status'))?.[1];
  const isNamespace = !allUsers.test(textOf('/proc/self/uid_map'));
  /** Nobody can say who owns `/` in a user namespace that root outside is not part of; who made it chose it. */
  const isUnseenRoot = (place: Place): boolean => place.path === '/' && isNamespace && place.uid === OVERFLOW_UID;
  const visible = (walk: Walk): Walk =>
    isNamespace ? { ...walk, places: walk.places.filter(place => !isUnseenRoot(place)) } : walk;
  return {
    owners: uid !== 0 && capabilities === '' ? [0, uid] : [0],
    walker: () => {
      const walk = createWalker();
      return (path, from) => visible(walk(path, from));
    },
  };
};
