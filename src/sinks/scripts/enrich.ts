import { catchError, combineLatest, defaultIfEmpty, defer, map, type Observable, of } from 'rxjs';
import { fault, type Report, toError } from '../../model/fault.js';
import type { Step } from '../../model/world.js';
import type { Environment } from './environment.js';
import type { ScriptFiles } from '../../system/files/script-files.js';

/**
 * Adds variables for an event's scripts. Only the first value counts; the subscription lasts while the scripts run, so
 * that files named in variables exist as long.
 */
export type Enrich = (step: Step, report: Report) => Observable<Environment>;

/** The variables of all of them, requested concurrently; one that fails is reported, the others continue. */
export const enrichAll =
  (enrichments: readonly Enrich[]): Enrich =>
  (step, report) =>
    combineLatest(
      enrichments.map(enrich =>
        defer(() => enrich(step, report)).pipe(
          defaultIfEmpty<Environment, Environment>({}),
          catchError((error: unknown) => {
            const message = `event ${step.id}: its scripts run without some variables: ${toError(error).message}`;
            report(fault('variables-missing', message, error));
            return of<Environment>({});
          }),
        ),
      ),
    ).pipe(map(all => all.reduce<Environment>((variables, more) => ({ ...variables, ...more }), {})));

/** `variables`, plus one that names a file with this text; without it if the file cannot be written. */
export const withFile = (
  files: ScriptFiles,
  report: Report,
  { variable, name, text }: { readonly variable: string; readonly name: string; readonly text: string },
  variables: Environment,
): Observable<Environment> =>
  files.hold(name, text).pipe(
    map((path): Environment => ({ ...variables, [variable]: path })),
    catchError((error: unknown) => {
      report(fault('script-file-unwritten', `scripts run without ${variable}: ${toError(error).message}`, error));
      return of(variables);
    }),
  );
