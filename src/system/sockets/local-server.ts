import { type Peer, peerOf } from '@network-stack/unix';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import { fault, type Fault, toError } from '../../model/fault.js';

export interface LocalServer {
  readonly path: string;
  /** of the socket: who may write to it may connect */
  readonly mode: number;
  /** connections at a time, of each user; who comes on top is turned away */
  readonly mostOfUser: number;
  /** what cannot be done when it cannot listen: a code, and for whom it is there */
  readonly code: 'control-socket' | 'trace-socket' | 'metrics-socket';
  readonly purpose: string;
  /** Nothing is read from the socket unless this does, and it is destroyed at the latest when the server ends. */
  readonly serve: (socket: Socket) => void;
}

/** A user may have more users, by user namespaces: strangers altogether are no more than this many times one. */
const STRANGERS_FACTOR = 4;

/**
 * Listens at a path, in place of what a run that was killed has left there. Root and this process's own user always find room
 * that others cannot take. Emits a Fault if it cannot listen; unsubscribing closes it and everything that is open.
 */
export const listening = ({ path, mode, mostOfUser, code, purpose, serve }: LocalServer): Observable<Fault> =>
  new Observable(out => {
    const users = new Map<Socket, number>();
    const isTrusted = (uid: number): boolean => uid === 0 || uid === process.geteuid?.();
    const hasRoom = ({ uid }: Peer): boolean => {
      const open = [...users.values()];
      if (open.filter(user => user === uid).length >= mostOfUser) return false;
      return isTrusted(uid) || open.filter(user => !isTrusted(user)).length < STRANGERS_FACTOR * mostOfUser;
    };
    const server = createServer({ pauseOnConnect: true }, socket => {
      socket.on('error', () => undefined).on('close', () => users.delete(socket)); // whoever asked has gone
      try {
        const peer = peerOf(socket);
        if (hasRoom(peer)) {
          users.set(socket, peer.uid);
          serve(socket);
          return;
        }
      } catch {
        // nobody is at the other end any more
      }
      socket.destroy();
    });
    server.on('error', error => {
      const message = `${path}: cannot listen for ${purpose}: ${error.message}; everything else works`;
      out.next(fault(code, message, error));
    });
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      rmSync(path, { force: true });
      server.listen(path, () => chmodSync(path, mode)); // before that, nobody else may write to it
    } catch (error) {
      server.emit('error', toError(error));
    }
    return () => {
      server.close();
      users.forEach((_, socket) => socket.destroy());
    };
  });

/** Ends a connection at this moment, whatever is said or taken until then. Milliseconds. */
export const endAfter = (socket: Socket, ms: number): void => {
  const timer = setTimeout(() => socket.destroy(), ms);
  socket.on('close', () => clearTimeout(timer));
};
