import { catchError, concatMap, EMPTY, first, from, type Observable } from 'rxjs';
import { ask } from '../system/sockets/control-socket.js';
import { controlPaths } from '../daemon/control-path.js';

/** The answer of the running daemon, the user's own or else the system's; empty if none is running. */
export const askDaemon = (env: NodeJS.ProcessEnv): Observable<string> =>
  from(controlPaths(env)).pipe(
    concatMap(path => ask(path).pipe(catchError(() => EMPTY))),
    first(text => text !== '', ''),
  );
