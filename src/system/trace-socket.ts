import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import { fault, type Fault, toError } from '../model/fault.js';
import type { Kept } from './trace-ring.js';

/** What is wanted of a trace: what was kept, that and what comes, or only what comes from now on. */
export type Wanted = 'kept' | 'follow' | 'live';

export interface TraceSupply {
  readonly kept: () => Kept | undefined;
  /** lines from now on; unsubscribing ends it. With `fromHeader` the first is a header. */
  readonly lines: (fromHeader: boolean) => Observable<string>;
}

/** Askers at a time. */
const MOST = 4;
/** Milliseconds in which they must say what they want. */
const PATIENCE = 2_000;
/** Bytes that may wait for one who does not read: then it is let go. */
const MOST_WAITING = 16 * 1024 * 1024;

const isWanted = (word: string): word is Wanted => ['kept', 'follow', 'live'].includes(word);

const supply = (socket: Socket, wanted: Wanted, { kept, lines }: TraceSupply): void => {
  const before = wanted === 'live' ? undefined : kept();
  let held: string | undefined = before === undefined ? undefined : '';
  socket.on('close', () => before?.close());
  if (wanted !== 'kept') {
    const live = lines(before === undefined).subscribe({
      next: line => {
        if (held !== undefined) held += `${line}\n`;
        else socket.write(`${line}\n`);
        if (socket.writableLength + (held?.length ?? 0) > MOST_WAITING) socket.destroy();
      },
      error: () => socket.destroy(),
    });
    socket.on('close', () => live.unsubscribe());
  }
  const send = (): void => {
    for (let chunk = before?.read(); chunk !== undefined; chunk = before?.read())
      if (!socket.write(chunk)) {
        socket.once('drain', send);
        return;
      }
    if (wanted === 'kept') socket.end();
    else if (held !== undefined) socket.write(held);
    held = undefined;
  };
  send();
};

/**
 * Gives the trace to whoever may connect, this user and root: it holds more than status shows. They say what they want, in one
 * word. Emits a Fault if it cannot listen; unsubscribing closes it.
 */
export const supplying = (path: string, source: TraceSupply): Observable<Fault> =>
  new Observable(out => {
    const sockets = new Set<Socket>();
    const server = createServer(socket => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket)); // the asker has gone
      socket.setTimeout(PATIENCE, () => socket.destroy());
      socket.once('data', data => {
        socket.setTimeout(0);
        const word = String(data).trim();
        if (isWanted(word)) supply(socket, word, source);
        else socket.destroy();
      });
    });
    server.maxConnections = MOST;
    server.on('error', error => {
      const message = `${path}: expected to listen for network-broker record, found ${error.message}; everything else works`;
      out.next(fault('warn', 'trace-socket', message, error));
    });
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      rmSync(path, { force: true }); // of a run that was killed
      server.listen(path, () => chmodSync(path, 0o600)); // before that, nobody else may write to it either
    } catch (error) {
      server.emit('error', toError(error));
    }
    return () => {
      server.close();
      sockets.forEach(socket => socket.destroy());
    };
  });

/** What whoever listens at this path has, in pieces. Errors with what connect(2) fails with. */
export const fetching = (path: string, wanted: Wanted): Observable<string> =>
  new Observable(out => {
    const socket = connect(path, () => socket.write(`${wanted}\n`));
    socket.setEncoding('utf8');
    socket.on('data', text => out.next(String(text)));
    socket.on('error', error => out.error(error));
    socket.on('close', () => out.complete());
    return () => socket.destroy();
  });
