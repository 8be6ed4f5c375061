import {
  asyncScheduler,
  catchError,
  concat,
  defaultIfEmpty,
  defer,
  EMPTY,
  exhaustMap,
  filter,
  map,
  merge,
  mergeMap,
  type MonoTypeOperatorFunction,
  NEVER,
  type Observable,
  of,
  takeWhile,
} from 'rxjs';
import { fault, toError } from '../model/fault.js';
import type { Sink } from '../model/flow.js';
import type { Outcome } from '../model/outcome.js';
import type { Step } from '../model/world.js';
import { inLanes } from '../operators/in-lanes.js';
import { createSlots } from '../operators/with-slot.js';
import { type Environment, environmentOf, leaseFileOf, leaseLine } from '../planners/script-environment.js';
import type { Files } from '../system/files.js';
import type { Processes } from '../system/processes.js';
import { joinKey, joinSteps } from '../world/join.js';
import type { Enrich } from './enrich.js';
import { createScriptFinder } from './find-scripts.js';
import { runScript } from './run-script.js';

export interface ScriptsOptions {
  readonly files: Files;
  readonly processes: Processes;
  /** where carrier.d, routable.d … lie: an absolute path */
  readonly scriptDir: string;
  /** asked when the event's turn comes, and only if it has scripts */
  readonly enrich?: Enrich;
  readonly scheduler?: typeof asyncScheduler;
}

/** Events of one link that may wait before the two oldest that can be joined are joined. */
const longestLane = 256;

const laneOf = ({ event }: Step): string => {
  if (event.kind === 'manager-state') return 'manager';
  return event.ifindex === 0 ? 'no link' : `link ${event.ifindex}`;
};

/** What the lease file of systemd-networkd adds, if there is one. */
const leaseOf = (files: Files, { event }: Step): Observable<Environment> => {
  const path = leaseFileOf(event);
  const text$ = path === undefined ? of(undefined) : files.read(path);
  return text$.pipe(map((text): Environment => (text === undefined ? {} : { DHCP_LEASE: leaseLine(text) })));
};

/**
 * Runs the scripts of each event: `began`, its scripts one after the other, `done`; an event without scripts is done at once. The events of one link follow one
 * another, links do not wait for each other; `MaxParallel` counts scripts, not links.
 */
export const scriptsSink = ({
  files,
  processes,
  scriptDir,
  enrich = () => EMPTY,
  scheduler = asyncScheduler,
}: ScriptsOptions): Sink => ({
  name: 'scripts',
  consume: ({ step$ }, report) => {
    const { prepare, scriptsOf } = createScriptFinder(files, scriptDir, report);
    const run = runScript(processes, createSlots(), scheduler);
    /** What failed is reported and left out; all else goes on. */
    const orNothing = <T>(consequence: string): MonoTypeOperatorFunction<T> =>
      catchError((error: unknown) => {
        report(fault('error', 'scripts-failed', `${consequence}: ${toError(error).message}`, error));
        return EMPTY;
      });

    const more = (step: Step): Observable<Environment> =>
      defer(() => enrich(step, report)).pipe(
        orNothing(`event ${step.id}: its scripts run without the variables that were to be added`),
        defaultIfEmpty({}),
      );
    const runAll = (step: Step, paths: readonly string[], variables: Environment): Observable<Outcome> => {
      const { environment, faults } = environmentOf(step, variables);
      faults.forEach(report);
      return concat(...paths.map(path => run(step, path, environment)));
    };
    const runWith = (step: Step, paths: readonly string[], lease: Environment): Observable<Outcome> =>
      concat(more(step), NEVER).pipe(
        exhaustMap(added => concat(runAll(step, paths, { ...lease, ...added }), of('ended' as const))),
        takeWhile((outcome): outcome is Outcome => outcome !== 'ended'),
      );
    const withLease = (step: Step, paths: readonly string[]): Observable<Outcome> =>
      leaseOf(files, step).pipe(mergeMap(lease => runWith(step, paths, lease)));
    const scripts = (step: Step): Observable<Outcome> =>
      scriptsOf(step).pipe(
        filter(paths => paths.length > 0),
        mergeMap(paths => concat(of<Outcome>({ kind: 'began', step }), withLease(step, paths))),
        orNothing(`event ${step.id}: its scripts do not run`),
      );
    const project = (step: Step): Observable<Outcome> => concat(scripts(step), of<Outcome>({ kind: 'done', step }));
    const onJoined = (lane: string, joins: number): void => {
      const message = `more than ${longestLane} events of ${lane} waited for scripts to end: the oldest were joined, ${joins} times`;
      report(fault('warn', 'events-joined', message));
    };

    return merge(
      defer(prepare).pipe(orNothing('the script directories were not looked at')),
      step$.pipe(inLanes(laneOf, project, { limit: longestLane, joinKey, join: joinSteps, onJoined })),
    );
  },
});
