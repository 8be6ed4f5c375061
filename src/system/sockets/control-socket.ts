import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { catchError, ignoreElements, merge, Observable, throwError } from 'rxjs';
import { type Fault, toError } from '../../model/fault.js';
import { errorCode } from '../files/error-code.js';
import { endAfter, listening } from './local-server.js';
import { sparing } from './sparing.js';

/** Connections of one user at a time. */
const MAX_CONNECTIONS = 8;
/** Milliseconds from the connection to its end. */
const DEADLINE_MS = 2_000;
/** Characters of an answer: of a daemon with 100,000 addresses it is a tenth of this. */
const MAX_ANSWER_LENGTH = 64 * 1024 * 1024;

/** The same for root and this user alone: who connects faster than he can be let in fills the queue of a socket that he may use. */
const ownPath = (path: string): string => join(dirname(path), 'control-own.sock');

/**
 * Answers everybody who connects with the text of that moment, and reads nothing from them: any user may ask, nobody can
 * change anything, nor keep others from being answered. Emits a Fault if it cannot listen; unsubscribing closes it.
 */
export const answering = (path: string, answer: () => string): Observable<Fault> => {
  const text = sparing(answer);
  const at = (place: string, mode: number): Observable<Fault> =>
    listening({
      path: place,
      mode,
      mostOfUser: MAX_CONNECTIONS,
      code: 'control-socket',
      purpose: 'network-broker status',
      serve: socket => {
        endAfter(socket, DEADLINE_MS);
        socket.end(text(), () => socket.destroy());
      },
    });
  return merge(at(path, 0o666), at(ownPath(path), 0o600).pipe(ignoreElements()));
};

/** The whole answer of whoever listens at this path. Errors with what connect(2) fails with. */
export const ask = (path: string): Observable<string> =>
  askAt(path).pipe(
    catchError((error: unknown) =>
      errorCode(error) === 'EAGAIN' ? askAt(ownPath(path)) : throwError(() => toError(error)),
    ),
  );

const askAt = (path: string): Observable<string> =>
  new Observable(out => {
    let text = '';
    const socket = connect(path);
    const late = setTimeout(
      () => socket.destroy(new Error(`${path}: expected an answer within ${DEADLINE_MS / 1000} s, found none`)),
      DEADLINE_MS,
    );
    socket.setEncoding('utf8');
    socket.on('data', chunk => {
      text += String(chunk);
      if (text.length > MAX_ANSWER_LENGTH)
        socket.destroy(new Error(`${path}: expected an answer of at most ${MAX_ANSWER_LENGTH} bytes, found more`));
    });
    socket.on('error', error => out.error(error));
    socket.on('end', () => {
      out.next(text);
      out.complete();
    });
    return () => {
      clearTimeout(late);
      socket.destroy();
    };
  });
