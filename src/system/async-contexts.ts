import { AsyncLocalStorage } from 'node:async_hooks';
import { Observable } from 'rxjs';
import type { Contexts, Owner } from '../model/contexts.js';
import { toError } from '../model/fault.js';

// Costs nothing before something is run in it for the first time.
const storage = new AsyncLocalStorage<Owner | undefined>();

/** Asynchronous contexts, of Node's async_hooks: what is begun in one of them (timers, promises, sockets, programs) goes on in it. */
export const contexts: Contexts = {
  current: () => storage.getStore(),
  run: (owner, body) => storage.run(owner, body),
};

/** What was thrown, or a promise was rejected with, when nobody could catch it any more. */
export interface Stray {
  readonly error: Error;
  readonly owner: Owner;
}

/** Node 20 and 22 leave the context of a microtask before they say what it threw. */
const catchMicrotasks = (stray: (thrown: unknown) => void): (() => void) => {
  const { queueMicrotask: original } = globalThis;
  globalThis.queueMicrotask = callback => {
    original(() => {
      try {
        callback();
      } catch (thrown) {
        stray(thrown);
      }
    });
  };
  return () => (globalThis.queueMicrotask = original);
};

/** Tells of what fails outside every stream, in somebody's context; in nobody's it is a defect of the daemon, and an error. */
export const strays$ = new Observable<Stray>(out => {
  const stray = (thrown: unknown): void => {
    const error = toError(thrown);
    const owner = storage.getStore();
    storage.run(undefined, () => (owner === undefined ? out.error(error) : out.next({ error, owner })));
  };
  process.on('uncaughtException', stray).on('unhandledRejection', stray);
  const release = catchMicrotasks(stray);
  return () => {
    process.off('uncaughtException', stray).off('unhandledRejection', stray);
    release();
  };
});
