import { connect, type Socket } from 'node:net';
import { Observable } from 'rxjs';
import type { Fault } from '../../model/fault.js';
import { endAfter, listening } from './local-server.js';
import type { Kept } from '../files/trace-ring.js';

/** What is wanted of a trace: what was kept, that and what comes, or only what comes from now on. */
export type Wanted = 'kept' | 'follow' | 'live';

export interface TraceSupply {
  readonly kept: () => Kept | undefined;
  /** lines from now on; unsubscribing ends it. With `fromHeader` the first is a header. */
  readonly lines: (fromHeader: boolean) => Observable<string>;
}

/** Connections of one user at a time. */
const MAX_CONNECTIONS = 4;
/** Milliseconds in which they must say what they want. */
const REQUEST_TIMEOUT_MS = 2_000;
/** Milliseconds in which they must have taken what was kept. */
const KEPT_TIMEOUT_MS = 60_000;
/** Bytes of what they say. */
const MAX_REQUEST_BYTES = 16;
/** Bytes of one line, as a client takes it. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
/** Bytes that may wait for one who does not read: then it is let go. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

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
        if (socket.writableLength + (held?.length ?? 0) > MAX_WAITING_BYTES) socket.destroy();
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
 * word, and nothing else. Emits a Fault if it cannot listen; unsubscribing closes it.
 */
export const supplying = (path: string, source: TraceSupply): Observable<Fault> =>
  listening({
    path,
    mode: 0o600,
    mostOfUser: MAX_CONNECTIONS,
    code: 'trace-socket',
    purpose: 'network-broker record',
    serve: socket => {
      const late = setTimeout(() => socket.destroy(), REQUEST_TIMEOUT_MS);
      socket.on('close', () => clearTimeout(late));
      let isSaid = false;
      socket.on('data', data => {
        clearTimeout(late);
        const word = String(data.subarray(0, MAX_REQUEST_BYTES)).trim();
        if (isSaid || !isWanted(word)) {
          socket.destroy();
          return;
        }
        isSaid = true;
        if (word === 'kept') endAfter(socket, KEPT_TIMEOUT_MS);
        supply(socket, word, source);
      });
      socket.resume();
    },
  });

/** What whoever listens at this path has, in pieces. Errors with what connect(2) fails with. */
export const fetching = (path: string, wanted: Wanted): Observable<string> =>
  new Observable(out => {
    const socket = connect(path, () => socket.write(`${wanted}\n`));
    let lineLength = 0;
    socket.setEncoding('utf8');
    socket.on('data', data => {
      const text = String(data);
      const end = text.lastIndexOf('\n');
      lineLength = end < 0 ? lineLength + text.length : text.length - end;
      if (lineLength > MAX_LINE_BYTES)
        socket.destroy(new Error(`${path}: expected lines of at most ${MAX_LINE_BYTES} bytes, found a longer one`));
      else out.next(text);
    });
    socket.on('error', error => out.error(error));
    socket.on('close', () => out.complete());
    return () => socket.destroy();
  });
