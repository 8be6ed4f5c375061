import { createServer, type Socket } from 'node:net';
import { Observable } from 'rxjs';
import { bytesToText } from '@network-stack/netlink/text';
import { MAX_ROOT_REQUEST_BYTES } from '../../model/root-request.js';
import type { RootReply } from '../processes/root-reply.js';

/** Milliseconds in which a request must have come. */
const REQUEST_TIMEOUT_MS = 1_000;
const NEWLINE = 0x0a;

/** Somebody who has asked for something. */
export interface Caller {
  /** the request, without its line end; texts outside UTF-8 as `bytesToText` has them */
  readonly text: string;
  readonly say: (reply: RootReply) => void;
  readonly end: () => void;
  readonly isGone: () => boolean;
}

/** What waits for one who does not read is one text, however many lines: their number and length are bounded by a run's output. */
const callerOf = (socket: Socket, text: string): Caller => {
  let waiting = '';
  const flush = (): void => {
    if (waiting === '' || socket.writableNeedDrain || socket.destroyed) return;
    socket.write(waiting);
    waiting = '';
  };
  socket.on('drain', flush).on('close', () => (waiting = ''));
  return {
    text,
    say: reply => {
      if (socket.destroyed) return;
      waiting += `${JSON.stringify(reply)}\n`;
      flush();
    },
    end: () => socket.end(waiting, () => socket.destroy()),
    isGone: () => socket.destroyed,
  };
};

/** Reads one line, and takes it for rude when anything comes after it. */
const readRequest = (socket: Socket, asked: (text: string) => void): void => {
  const late = setTimeout(() => socket.destroy(), REQUEST_TIMEOUT_MS);
  const chunks: Buffer[] = [];
  let length = 0;
  let isRead = false;
  socket.on('error', () => undefined).on('close', () => clearTimeout(late)); // whoever asked has gone
  socket.on('data', chunk => {
    length += chunk.length;
    const end = Buffer.from(chunk).indexOf(NEWLINE);
    const isWhole = end !== -1 && end === chunk.length - 1;
    chunks.push(Buffer.from(chunk));
    if (isRead || length > MAX_ROOT_REQUEST_BYTES || (end !== -1 && !isWhole)) {
      socket.destroy();
      return;
    }
    if (!isWhole) return;
    isRead = true;
    clearTimeout(late);
    asked(bytesToText(Buffer.concat(chunks.splice(0)).subarray(0, -1)));
  });
  socket.on('end', () => {
    if (!isRead) socket.destroy();
  });
};

/**
 * Those who ask over a listening socket that the service manager has opened (sd_listen_fds(3)): each once its request is there. Who
 * comes when `most` are connected is turned away. Errs if it is no such socket; unsubscribing stops listening and lets nobody go.
 */
export const rootCallers = (descriptor: number, most: number): Observable<Caller> =>
  new Observable(out => {
    const server = createServer({ allowHalfOpen: true }, socket =>
      readRequest(socket, text => out.next(callerOf(socket, text))),
    );
    server.maxConnections = most;
    server.on('error', error => out.error(error));
    server.listen({ fd: descriptor });
    return () => server.close();
  });
