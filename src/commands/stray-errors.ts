import {
  connect,
  endWith,
  fromEvent,
  identity,
  ignoreElements,
  map,
  merge,
  type MonoTypeOperatorFunction,
  takeUntil,
} from 'rxjs';
import { fault, toError } from '../model/fault.js';
import type { Outcome } from '../model/outcome.js';

/**
 * Adds the errors that are thrown outside every stream while the source runs: in a timer, a promise, a subscriber of an
 * extension's own. Those whose stack passes through one of these modules are faults; any other is a defect, and an error.
 *
 * ```
 * outcomes         -a-----b-|
 * thrown outside   ---x-----     x: its stack names one of the modules
 * result           -a-f---b-|
 * ```
 */
export const withStrayErrors = (modules: readonly string[]): MonoTypeOperatorFunction<Outcome> => {
  if (modules.length === 0) return identity;
  const stray$ = fromEvent(process, 'uncaughtException', (thrown: unknown) => thrown).pipe(
    map((thrown): Outcome => {
      const error = toError(thrown);
      const path = modules.find(each => error.stack?.includes(each) === true);
      if (path === undefined) throw error;
      return fault('error', 'extension-failed', `extension ${path} threw outside its streams: ${error.message}`, error);
    }),
  );
  return connect(outcome$ =>
    merge(stray$.pipe(takeUntil(outcome$.pipe(ignoreElements(), endWith(undefined)))), outcome$),
  );
};
