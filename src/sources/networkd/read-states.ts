import { catchError, map, of } from 'rxjs';
import type { ReadWritten } from './unheard-queries.js';
import { netifLinkFileOf, parseNetifLink } from '../../world/networkd/netif-link.js';
import type { Files } from '../../system/files/files.js';

/** networkd's states of its own, in the words of its links' files. */
export const MANAGER_FILE = '/run/systemd/netif/state';

/** Reads networkd's state files, sd-network(3). One that cannot be read says nothing. */
export const readNetworkdStates =
  (files: Pick<Files, 'read'>): ReadWritten =>
  about =>
    files.read(about === 'manager' ? MANAGER_FILE : netifLinkFileOf(about)).pipe(
      map(text => (text === undefined ? undefined : parseNetifLink(text).states)),
      catchError(() => of(undefined)),
    );
