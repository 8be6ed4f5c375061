import { lstatSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { defer, Observable, of } from 'rxjs';
import type { ListenPlace } from '../../model/config.js';
import { fault, type Fault } from '../../model/fault.js';
import { httpPage, type Page } from './http-page.js';
import { endAfter, listening } from './local-server.js';

/** Connections at a time; at a path, those of one user. */
const MAX_CONNECTIONS = 16;
/** Milliseconds from the connection to its end. */
const DEADLINE_MS = 5_000;

/** Of a socket that systemd listens to. */
export interface Passed {
  readonly fd: number;
}

const code = 'metrics-socket';
const unserved = (where: string, why: string, cause?: unknown): Fault =>
  fault(code, `${where}: cannot listen for metrics: ${why}; everything else works`, cause);

/** Listens, not knowing who connects: where there are many, whoever has been there longest has to go. */
const listeningToAll = (
  where: Exclude<ListenPlace, { path: string }> | Passed,
  serve: (socket: Socket) => void,
): Observable<Fault> =>
  new Observable(out => {
    const open = new Set<Socket>();
    const server: Server = createServer(socket => {
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
      const [oldest] = open;
      if (oldest !== undefined && open.size >= MAX_CONNECTIONS) {
        open.delete(oldest);
        oldest.destroy();
      }
      open.add(socket);
      serve(socket);
    });
    const name = 'fd' in where ? `socket ${where.fd} of systemd` : `${where.host}:${where.port}`;
    server.on('error', error => out.next(unserved(name, error.message, error)));
    server.listen(where);
    return () => {
      server.close();
      open.forEach(socket => socket.destroy());
    };
  });

/** What is there that is no socket is somebody's. */
const isSomebodys = (path: string): boolean => {
  try {
    return !lstatSync(path).isSocket();
  } catch {
    return false; // nothing is there, or to listen will say why not
  }
};

/**
 * Serves a page to every user of this host who can reach the place: a GET each, within seconds. Emits a Fault if it cannot listen;
 * unsubscribing closes it.
 */
export const servingPage = (place: ListenPlace | Passed, page: Page): Observable<Fault> =>
  defer(() => {
    const http = httpPage(page);
    const serve = (socket: Socket): void => {
      endAfter(socket, DEADLINE_MS);
      http.emit('connection', socket);
      socket.resume();
    };
    if (!('path' in place)) return listeningToAll(place, serve);
    if (isSomebodys(place.path))
      return of(unserved(place.path, 'expected a socket or nothing there, found something else'));
    const of16 = { mode: 0o666, mostOfUser: MAX_CONNECTIONS, code, purpose: 'metrics' } as const;
    return listening({ path: place.path, ...of16, serve });
  });
