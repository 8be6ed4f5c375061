import {
  catchError,
  concat,
  concatMap,
  endWith,
  from,
  ignoreElements,
  map,
  mergeMap,
  type Observable,
  of,
  toArray,
} from 'rxjs';
import { groupBy } from '../../model/values/group-by.js';
import { toError } from '../../model/fault.js';
import type { WithSlot } from '../../operators/with-slot.js';
import type { BusConnection } from '../../system/bus/bus.js';
import type { LinkFiles } from '../../system/files/link-files.js';
import { deniedAdvice, errorName, isTransient } from '../reconcile/bus-errors.js';
import type { Action, Refused } from '../reconcile/target.js';
import type { UnitChange } from './unit-change.js';
import { jobCall, MAX_CALLS } from './ask-systemd.js';
import { instanceIn, isOfProfile } from './wishes.js';

const refusedBy = (error: unknown): Refused => ({
  message: `${toError(error).message}${deniedAdvice(error)}`,
  isFinal: !isTransient(error),
  error,
});

/**
 * Carries out the changes; emits once, for each of them why it was refused, if it was.
 *
 * @param withSlot bounds the calls that wait for systemd
 */
export const runChanges = (
  connection: BusConnection,
  linkFiles: LinkFiles,
  actions: readonly Action<UnitChange>[],
  withSlot: WithSlot,
): Observable<readonly (Refused | undefined)[]> => {
  const carryOut = (change: UnitChange): Observable<never> => {
    switch (change.do) {
      case 'start':
      case 'stop':
        return connection
          .call(jobCall({ unit: change.unit, job: change.do }))
          .pipe(ignoreElements(), withSlot(MAX_CALLS));
      case 'write':
        return concat(
          linkFiles.write(`${change.instance}.json`, change.facts.json),
          linkFiles.write(`${change.instance}.env`, change.facts.env),
        );
      case 'remove':
        return concat(...['json', 'env'].map(end => linkFiles.remove(`${change.instance}.${end}`)));
    }
  };
  const result = ({ change }: Action<UnitChange>): Observable<Refused | undefined> =>
    carryOut(change).pipe(
      endWith(undefined),
      catchError((error: unknown) => {
        if (errorName(error) === 'NoSuchUnit' && change.do === 'stop') return of(undefined);
        return of(refusedBy(error));
      }),
    );

  const byLink = (some: readonly Action<UnitChange>[]) => groupBy(some, ({ key }) => instanceIn(key)).values();
  // Links beside each other, actions about one in their order; profiles when links are described.
  return from([actions.filter(({ key }) => !isOfProfile(key)), actions.filter(({ key }) => isOfProfile(key))]).pipe(
    concatMap(some =>
      from(byLink(some)).pipe(
        mergeMap(group =>
          from(group).pipe(concatMap(action => result(action).pipe(map(refused => [action, refused] as const)))),
        ),
      ),
    ),
    toArray(),
    map(results => {
      const by = new Map(results);
      return actions.map(action => by.get(action));
    }),
  );
};
