import {
  catchError,
  combineLatest,
  concat,
  defaultIfEmpty,
  defer,
  EMPTY,
  exhaustMap,
  map,
  merge,
  mergeMap,
  type MonoTypeOperatorFunction,
  NEVER,
  Observable,
  of,
  type SchedulerLike,
  takeWhile,
} from 'rxjs';
import { fault, type Fault, type Report, toError } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import type { Step } from '../../model/world.js';
import type { Behind } from '../../operators/concat-map-by-key.js';
import { inTurn } from '../../operators/in-turn.js';
import { createSlots } from '../../operators/with-slot.js';
import {
  directoryVariables,
  type Environment,
  environmentOf,
  fileLeaseVariables,
  fitted,
  leaseFileOf,
  leftOut,
  systemPath,
} from './environment.js';
import type { Files } from '../../system/files/files.js';
import type { Processes } from '../../system/processes/processes.js';
import type { Enrich } from './enrich.js';
import type { Script, ScriptFinder } from './find.js';
import { runScript } from './run-one.js';
import type { Facts } from './styles/style.js';
import { styles } from './styles/styles.js';

const scriptsFailed = (consequence: string, error: unknown): Fault =>
  fault('scripts-failed', `${consequence}: ${toError(error).message}`, error);

/** Reports an error and completes; everything else continues. */
export const orNothing = <T>(report: Report, consequence: string): MonoTypeOperatorFunction<T> =>
  catchError((error: unknown) => {
    report(scriptsFailed(consequence, error));
    return EMPTY;
  });

/** The variables from systemd-networkd's lease file, if there is one. */
const leaseOf = (files: Pick<Files, 'read'>, { id, event }: Step, report: Report): Observable<Environment> => {
  const path = leaseFileOf(event);
  const text$ = path === undefined ? of(undefined) : files.read(path);
  return text$.pipe(
    catchError((error: unknown) => {
      report(fault('lease-file', `event ${id}: its scripts run without DHCP_LEASE: ${toError(error).message}`));
      return of(undefined);
    }),
    map((text): Environment => (text === undefined ? {} : fileLeaseVariables(text))),
  );
};

/**
 * The whole environment of an event's scripts. Only the first value counts; the files that it names exist while this is
 * subscribed to.
 */
export const scriptVariables =
  (files: Pick<Files, 'read'>, enrich: Enrich) =>
  (step: Step, report: Report): Observable<Environment> => {
    const more$ = defer(() => enrich(step, report)).pipe(
      orNothing(report, `event ${step.id}: its scripts run without the additional variables`),
      defaultIfEmpty<Environment, Environment>({}),
    );
    return leaseOf(files, step, report).pipe(
      mergeMap(lease => concat(more$, NEVER).pipe(map((more): Environment => ({ ...lease, ...more })))),
      map(variables => {
        const { environment, faults } = environmentOf(step, variables);
        faults.forEach(report);
        return environment;
      }),
    );
  };

/** Of an event's link, what other programs tell their scripts; one value. */
export type LinkFacts = (step: Step, report: Report) => Observable<Facts>;
const nothing: Facts = { link: undefined, lease4: undefined };

/** The whole environment of each script of an event, as `scriptVariables` tells it for our own; one value counts. */
const environments =
  (native: (step: Step, report: Report) => Observable<Environment>, facts: LinkFacts) =>
  (step: Step, scripts: readonly Script[], report: Report): Observable<(script: Script) => Environment> => {
    const isForeign = ({ tree }: Script): boolean => styles[tree.style].variables !== undefined;
    const leaveOut = (name: string, why: string): void => report(leftOut(name, why));
    const withDirectory =
      (own: Environment) =>
      ({ run }: Script): Environment => ({ ...own, ...directoryVariables(step.event, run.directory) });
    if (!scripts.some(isForeign)) return native(step, report).pipe(map(withDirectory));
    const own$ = scripts.every(isForeign) ? concat(of({}), NEVER) : native(step, report);
    const foreign$ = defer(() => facts(step, report)).pipe(
      orNothing(report, `event ${step.id}: scripts of other programs run without what they are told of its link`),
      defaultIfEmpty(nothing),
    );
    return combineLatest([own$, foreign$]).pipe(
      map(([own, known]) => (script: Script): Environment => {
        const { tree, run } = script;
        const { variables } = styles[tree.style];
        if (variables === undefined) return withDirectory(own)(script);
        return fitted(Object.entries({ PATH: systemPath, ...variables({ step, ...known }, run) }), leaveOut);
      }),
    );
  };

export interface EventScripts {
  readonly files: Pick<Files, 'read'>;
  readonly processes: Processes;
  readonly scriptsOf: ScriptFinder['scriptsOf'];
  readonly enrich: Enrich;
  readonly facts: LinkFacts;
  /** what comes after the scripts of an event; undefined: nothing does */
  readonly after?: ((step: Step) => Observable<Outcome> | undefined) | undefined;
  readonly scheduler?: SchedulerLike | undefined;
  /** for what must run next, before anything else happens */
  readonly asapScheduler?: SchedulerLike | undefined;
}

/** Runs the scripts of an event: `began`, its scripts one after the other, `done`; one without scripts is done at once. */
export const eventScripts = (
  { files, processes, scriptsOf, enrich, facts, after = () => undefined, scheduler, asapScheduler }: EventScripts,
  report: Report,
): ((step: Step, behind?: Behind) => Observable<Outcome>) => {
  const run = runScript(processes, createSlots(asapScheduler, scheduler), scheduler);
  const environmentsOf = environments(scriptVariables(files, enrich), facts);
  const runAll = (step: Step, scripts: readonly Script[], behind?: Behind): Observable<Outcome> =>
    environmentsOf(step, scripts, report).pipe(
      exhaustMap(environment => {
        const run$ = (script: Script): Observable<Outcome> => run(step, script, environment(script), behind);
        const others$ = inTurn(
          scripts.filter(({ atOnce }) => atOnce !== true),
          run$,
        );
        const atOnce = scripts.filter(script => script.atOnce === true).map(run$);
        return concat(atOnce.length === 0 ? others$ : merge(...atOnce, others$), of('ended' as const));
      }),
      takeWhile((outcome): outcome is Outcome => outcome !== 'ended'),
    );
  return (step, behind) =>
    new Observable(out => {
      const after$ = after(step);
      let hasBegun = false;
      const done = (): void => {
        out.next({ kind: 'done', step });
        out.complete();
      };
      const failed = (error: unknown): void => {
        report(scriptsFailed(`event ${step.id}: its scripts do not run`, error));
        done();
      };
      const begin = (scripts: readonly Script[]): void => {
        hasBegun = true;
        out.next({ kind: 'began', step });
        const scripts$ = scripts.length === 0 ? EMPTY : runAll(step, scripts, behind);
        const all$ = after$ === undefined ? scripts$ : concat(scripts$, after$);
        out.add(
          all$.subscribe({
            next: outcome => out.next(outcome),
            error: failed,
            complete: done,
          }),
        );
      };
      return scriptsOf(step).subscribe({
        next: scripts => {
          if (scripts.length > 0) begin(scripts);
        },
        error: failed,
        complete: () => {
          if (hasBegun) return;
          if (after$ === undefined) done();
          else begin([]);
        },
      });
    });
};
