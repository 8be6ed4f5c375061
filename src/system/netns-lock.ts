import { connect, createServer, type Socket } from 'node:net';
import { Observable } from 'rxjs';

/** Sees to it that one process of a network namespace acts on its rules. */
export interface NetnsLock {
  /** false while another process holds it, true from when this one does; unsubscribing gives it back. Errs if there can be none. */
  readonly hold: () => Observable<boolean>;
}

/**
 * Abstract sockets belong to the network namespace, and go with their process (unix(7)). The name takes all of sun_path: some
 * libuv fill a shorter one up with NULs and others refuse those, and all have to mean the same socket.
 */
const NAME = '\0network-broker'.padEnd(108, '.');
/** A holder that turns us away is asked so often, in milliseconds. */
const AGAIN = 1000;
/** Those who wait are connected to the holder: when it ends, they know. */
const MOST_WAITING = 16;

const codeOf = (error: Error): unknown => ('code' in error ? error.code : undefined);

export const netnsLock = (name = NAME): NetnsLock => ({
  hold: () =>
    new Observable<boolean>(out => {
      const wait = (): void => {
        const began = Date.now();
        const socket = connect(name);
        socket.on('error', () => undefined); // it has gone, or takes no more
        socket.resume();
        socket.on('close', () => {
          if (out.closed) return;
          const timer = setTimeout(take, Date.now() - began > AGAIN ? 0 : AGAIN);
          out.add(() => clearTimeout(timer));
        });
        out.add(() => socket.destroy());
      };
      const take = (): void => {
        const waiting = new Set<Socket>();
        const server = createServer(socket => {
          waiting.add(socket);
          socket.on('error', () => undefined).on('close', () => waiting.delete(socket));
          socket.resume();
        });
        server.maxConnections = MOST_WAITING;
        server.on('error', error => {
          if (codeOf(error) !== 'EADDRINUSE') {
            out.error(error);
            return;
          }
          out.next(false);
          wait();
        });
        server.listen(name, () => out.next(true));
        out.add(() => {
          server.close();
          waiting.forEach(socket => socket.destroy());
        });
      };
      take();
    }),
});
