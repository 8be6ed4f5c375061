import { asyncScheduler, catchError, defer, EMPTY, mergeMap, type Observable, of, type SchedulerLike } from 'rxjs';
import { toError } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import type { Step } from '../../model/world.js';
import type { Behind } from '../../operators/concat-map-by-key.js';
import type { WithSlot } from '../../operators/with-slot.js';
import { type TimedProcessEvent, withTimeLimit } from './with-time-limit.js';
import type { Environment } from './environment.js';
import type { Script } from './find.js';
import { timeoutOf } from './trees.js';
import type { Processes, ProcessSpec } from '../../system/processes/processes.js';

/** For an event before the first configuration: there is none, but the types cannot know that. */
const defaults = { timeoutSec: 90, maxParallel: 8, outputLimit: 1024 };

const toOutcome =
  (script: string, step: Step, behind: Behind) =>
  (event: TimedProcessEvent): Observable<Outcome> => {
    switch (event.kind) {
      case 'started':
        return of({ kind: 'script-started', script, step });
      case 'ended':
        return EMPTY;
      case 'output':
        return of({ kind: 'script-output', script, step, stream: event.stream, line: event.line });
      case 'failed': {
        const exit = { code: null, signal: null, duration: 0 };
        return of({ kind: 'script-ran', script, step, exit, timedOut: false, error: event.error });
      }
      case 'exited': {
        const { code, signal, duration, cut, cost, timedOut } = event;
        const exit = { code, signal, duration, ...(cut !== undefined && { cut }), ...(cost && { cost }) };
        const waiting = timedOut ? behind() : 0;
        return of({ kind: 'script-ran', script, step, exit, timedOut, ...(waiting > 0 && { behind: waiting }) });
      }
    }
  };

/**
 * Runs a script once a slot is free: its output, then `script-ran`, however it ended, after `script-started`, if it was. Time limit and slots are those
 * configured at the time of the event or, if it kept no World of its own, when its turn comes.
 */
export const runScript =
  (processes: Processes, withSlot: WithSlot, scheduler: SchedulerLike = asyncScheduler) =>
  (step: Step, { path, tree, run }: Script, env: Environment, behind?: Behind): Observable<Outcome> => {
    const { timeoutSec, maxParallel, outputLimit } = step.world.config?.scripts ?? defaults;
    const spec: ProcessSpec = {
      path,
      args: run.args,
      env,
      outputLimit: outputLimit * 1024,
      event: step.id,
      ...(tree.user !== undefined && { as: { user: tree.user, tree, directory: run.directory } }),
    };
    return defer(() => processes.run(spec)).pipe(
      withTimeLimit((timeoutOf(tree, run) ?? timeoutSec) * 1000, processes.signal, scheduler),
      catchError((error: unknown) => of({ kind: 'failed' as const, error: toError(error).message })),
      mergeMap(toOutcome(path, step, behind ?? (() => 0))),
      withSlot(maxParallel, behind),
    );
  };
