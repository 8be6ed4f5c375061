import { catchError, combineLatest, defaultIfEmpty, defer, map, type Observable, of } from 'rxjs';
import { fault, type Report, toError } from '../../model/fault.js';
import type { Step } from '../../model/world.js';
import type { Environment } from './environment.js';
import type { ScriptFiles } from '../../system/files/script-files.js';

/**
 * More variables for an event's scripts. The first value counts; it stays subscribed while the scripts run, so that a file
 * which a variable names is there as long.
 */
export type Enrich = (step: Step, report: Report) => Observable<Environment>;

/** All variables of all of them, asked for at once; one that fails is reported and the others go on. */
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

/** `variables`, and one that names a file with this text; without it if the file cannot be written. */
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
