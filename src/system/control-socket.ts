import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import { fault, type Fault, toError } from '../model/fault.js';

/** Askers at a time; whoever comes on top is turned away. */
const MOST = 16;
/** Milliseconds to wait for an answer. */
const PATIENCE = 2_000;

/**
 * Answers everybody who connects with the text of that moment, and reads nothing from them: any user may ask, nobody can
 * change anything. Emits a Fault if it cannot listen; unsubscribing closes it.
 */
export const answering = (path: string, answer: () => string): Observable<Fault> =>
  new Observable(out => {
    const server = createServer(socket => {
      socket.on('error', () => undefined); // the asker has gone
      socket.setTimeout(PATIENCE, () => socket.destroy());
      socket.end(answer());
    });
    server.maxConnections = MOST;
    server.on('error', error => {
      const message = `${path}: expected to listen for network-broker status, found ${error.message}; everything else works`;
      out.next(fault('warn', 'control-socket', message, error));
    });
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      rmSync(path, { force: true }); // of a run that was killed
      server.listen(path, () => chmodSync(path, 0o666));
    } catch (error) {
      server.emit('error', toError(error));
    }
    return () => server.close();
  });

/** The whole answer of whoever listens at this path. Errors with what connect(2) fails with. */
export const ask = (path: string): Observable<string> =>
  new Observable(out => {
    let text = '';
    const socket = connect(path);
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error(`${path}: no answer within ${PATIENCE / 1000} s`)));
    socket.on('data', chunk => (text += String(chunk)));
    socket.on('error', error => out.error(error));
    socket.on('end', () => {
      out.next(text);
      out.complete();
    });
    return () => socket.destroy();
  });
