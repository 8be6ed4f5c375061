import { defer, fromEvent, map, merge, type Observable } from 'rxjs';

const ignore = (): void => undefined;

/**
 * The names of these signals, whenever one comes. A signal that was listened to once does not end the process any more,
 * also when nobody listens any longer (signal(7): the default action would).
 */
export const signals = (...names: readonly NodeJS.Signals[]): Observable<NodeJS.Signals> =>
  defer(() => {
    for (const name of names) if (!process.listeners(name).includes(ignore)) process.on(name, ignore);
    return merge(...names.map(name => fromEvent(process, name).pipe(map(() => name))));
  });
