import { NetlinkError, ownTable } from '@network-stack/netlink';
import { connect, listen } from '@network-stack/unix';
import { randomBytes } from 'node:crypto';
import { closeSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { Observable } from 'rxjs';
import { lockFile } from './files/lock-file.js';

/** Sees to it that one process of a network namespace acts on its rules. */
export interface NetnsLock {
  /**
   * false while another process holds it, true from when this one does; unsubscribing gives it back. Who may not change rules
   * anyway is given it without asking. Errs if there can be none.
   */
  readonly hold: () => Observable<boolean>;
}

const TABLE = 'network-broker';
/** Milliseconds until it is tried again where the end of the holder cannot be waited for. */
const RETRY_MS = 1000;

/** What this kernel, or this process, says to a table with an owner, so that there is another way. */
const absent = new Set(['EPROTONOSUPPORT', 'EOPNOTSUPP', 'EAFNOSUPPORT', 'EINVAL']);

/** The lock was taken, or somebody of this name has it. */
export type Claim =
  { readonly isOurs: true; readonly close: () => void } | { readonly isOurs: false; readonly name: string };

/** A lock file for each network namespace: directories may be shared by several. */
export const claimFile = (directory: string, name: string): Claim => {
  const claim = lockFile(join(directory, `policy-rules.${statSync('/proc/self/ns/net').ino}.lock`), name);
  return claim.isOurs ? claim : { isOurs: false, name: claim.note };
};

export const claimTable = (directory: string, name: string): Claim => {
  try {
    const table = ownTable(TABLE, name);
    return table.isOurs ? table : { isOurs: false, name: table.comment };
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    if (error.code === 'EPERM') return { isOurs: true, close: () => undefined };
    if (error.code === 'EEXIST')
      throw new Error(
        `expected no table inet ${TABLE} but a broker's own, found one that no process owns: nft delete table inet ${TABLE}`,
        { cause: error },
      );
    if (!absent.has(error.code)) throw error;
    return claimFile(directory, name);
  }
};

/** Which process calls itself so. */
const processOf = (name: string): number | undefined => {
  const [, pid] = /^network-broker\/(\d+)\/[0-9a-f]+$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
};

/** The connection to a holder's socket, which ends with it. */
interface Connection {
  readonly name: string;
  readonly socket: Socket;
}

const connectionTo = (name: string): Connection | undefined => {
  try {
    const socket = new Socket({ fd: connect(`@${name}`) });
    socket.on('error', () => undefined); // as it ends
    return { name, socket };
  } catch {
    return undefined;
  }
};

/**
 * An nftables table with an owner, see ownTable(); where there is none, a lock file in this directory. Neither tells when it
 * is free again. So its holder listens at an abstract socket, which belongs to the same network namespace: the kernel ends the
 * connections of those who wait when the holder ends. The socket's name is drawn by lot and known from the lock; whoever took
 * it after the holder's end is not believed, as the lock is tried again once connected. Nothing is read from anybody.
 *
 * @param told is given the process that holds it, where that is known
 * @param claim how the lock is tried
 */
export const netnsLock = (
  directory: string,
  told: (pid: number | undefined) => void = () => undefined,
  claim = claimTable,
): NetnsLock => ({
  hold: () =>
    new Observable<boolean>(out => {
      const ownName = `network-broker/${process.pid}/${randomBytes(8).toString('hex')}`;

      let held = (): void => undefined;

      const waitFor = ({ name, socket }: Connection): void => {
        socket.resume(); // it sends nothing: this is how the end is noticed
        socket.once('close', () => take());
        told(processOf(name));
        out.next(false);
      };
      const approach = (name: string): void => {
        const connection = connectionTo(name);
        if (connection !== undefined) {
          out.add(() => connection.socket.destroy());
          take(connection);
          return;
        }
        told(processOf(name));
        out.next(false);
        const timer = setTimeout(() => take(), RETRY_MS);
        out.add(() => clearTimeout(timer));
      };
      const take = (connection?: Connection): void => {
        if (out.closed) return;
        try {
          const found = claim(directory, ownName);
          if (!found.isOurs && found.name === connection?.name) {
            waitFor(connection);
            return;
          }
          connection?.socket.destroy();
          if (found.isOurs) {
            held = found.close;
            out.next(true);
          } else approach(found.name);
        } catch (error) {
          out.error(error);
        }
      };
      try {
        const listening = listen(`@${ownName}`);
        out.add(() => {
          held(); // before those who wait are told
          closeSync(listening);
        });
        take();
      } catch (error) {
        out.error(error);
      }
    }),
});
