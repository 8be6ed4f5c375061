import { asyncScheduler, catchError, map, of, retry, type SchedulerLike, timer } from 'rxjs';
import type { ReadWritten } from './unheard-queries.js';
import { netifLinkFileOf, parseNetifLink } from '../../world/networkd/netif-link.js';
import type { Files } from '../../system/files/files.js';

/** networkd's states of its own, in the words of its links' files. */
export const MANAGER_FILE = '/run/systemd/netif/state';

const FIRST_DELAY_MS = 1000;
/** The last of them follows after a minute. */
const MAX_TRIES = 6;

/** Reads networkd's state files, sd-network(3). One that cannot be read is tried again, ever more slowly, and says nothing in the end. */
export const readNetworkdStates =
  (files: Pick<Files, 'read'>, scheduler: SchedulerLike = asyncScheduler): ReadWritten =>
  about =>
    files.read(about === 'manager' ? MANAGER_FILE : netifLinkFileOf(about)).pipe(
      retry({ count: MAX_TRIES, delay: (_, nth) => timer(FIRST_DELAY_MS * 2 ** (nth - 1), scheduler) }),
      map(text => (text === undefined ? undefined : parseNetifLink(text).states)),
      catchError(() => of(undefined)),
    );
