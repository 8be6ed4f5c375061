import type { Fault } from '../model/fault.js';
import { linkNameOf, type NetworkEvent } from '../model/event.js';
import type { Outcome, PolicyState, ScriptRan, TargetState, UnitJobEnded } from '../model/outcome.js';
import type { SourceState } from '../model/source-state.js';
import type { Step } from '../model/world.js';
import { laneOf } from './lane.js';
import { createTotals, type Totals } from './totals.js';
import { createWaitingEvents, type Waiting } from './waiting-events.js';

/** One script run, as `status` shows it. */
export interface Run {
  readonly script: string;
  readonly link: string;
  readonly event: NetworkEvent['kind'];
  readonly eventId: number;
  readonly status: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  readonly timedOut: boolean;
  /** bytes of output that were not logged */
  readonly outputCut: number;
  /** CPU time in milliseconds and peak memory in bytes, of it and all that it started; null if unknown */
  readonly cpuMs: number | null;
  readonly memoryPeak: number | null;
  readonly error: string;
}

/** A unit that an event has started, as `status` shows it. */
export interface UnitJob {
  readonly unit: string;
  readonly job: string;
  readonly link: string;
  readonly event: NetworkEvent['kind'];
  readonly eventId: number;
  readonly result: string;
  readonly durationMs: number;
  readonly error: string;
}

/** A script that runs. */
export interface Running {
  readonly script: string;
  readonly link: string;
  readonly event: NetworkEvent['kind'];
  readonly eventId: number;
  /** milliseconds since the epoch */
  readonly since: number;
}

/** One fault, or several in a row that say the same. */
export interface FaultSeen {
  readonly code: string;
  readonly severity: Fault['severity'];
  readonly message: string;
  /** when it was last seen, milliseconds since the epoch */
  readonly at: number;
  readonly times: number;
}

/** Totals since the start. */
export interface Counters {
  readonly events: number;
  readonly scripts: number;
  readonly failed: number;
  readonly faults: number;
  /** events whose scripts have not ended */
  readonly waiting: number;
  readonly running: readonly Running[];
  /** the oldest first */
  readonly waitingOf: readonly Waiting[];
  /** the newest last */
  readonly lastFaults: readonly FaultSeen[];
  /** the newest run last */
  readonly runs: readonly Run[];
  /** the newest job last */
  readonly unitJobs: readonly UnitJob[];
  readonly targets: readonly TargetState[];
  readonly policy: PolicyState;
  readonly totals: Totals;
}

/** Of the event that something ran for. */
const ofStep = ({ id, event }: Step) => ({ link: linkNameOf(event), event: event.kind, eventId: id });

const MAX_RUNS = 20;

const runOf = ({ script, step, exit, timedOut, error = '' }: ScriptRan): Run => ({
  script,
  ...ofStep(step),
  status: exit.code,
  signal: exit.signal,
  durationMs: Math.round(exit.duration),
  timedOut,
  outputCut: exit.cut ?? 0,
  cpuMs: exit.cost === undefined ? null : Math.round(exit.cost.cpu),
  memoryPeak: exit.cost?.memory ?? null,
  error,
});

const jobOf = ({ unit, job, step, result, duration, error = '' }: UnitJobEnded): UnitJob => ({
  unit,
  job,
  ...ofStep(step),
  result,
  durationMs: Math.round(duration),
  error,
});

const runKey = ({ script, step }: Pick<ScriptRan, 'script' | 'step'>): string => `${laneOf(step.event)} ${script}`;

const withFault = (
  before: readonly FaultSeen[],
  { code, severity, message }: Fault,
  at: number,
): readonly FaultSeen[] => {
  const last = before.at(-1);
  const isAgain = last?.code === code && last.message === message;
  const earlier = isAgain ? before.slice(0, -1) : before;
  return [...earlier, { code, severity, message, at, times: (isAgain ? last.times : 0) + 1 }].slice(-MAX_RUNS);
};

/**
 * Counts outcomes, at constant cost however many events wait.
 *
 * @param clock milliseconds since the epoch, by the clock that dates steps
 */
export const createCounters = (clock: () => number = Date.now) => {
  const totals = createTotals(clock);
  const counts = { events: 0, scripts: 0, failed: 0, faults: 0 };
  const waiting = createWaitingEvents();
  let runs: readonly Run[] = [];
  let unitJobs: readonly UnitJob[] = [];
  const targets = new Map<string, TargetState>();
  let policy: PolicyState = { kind: 'policy', by: 'nobody', wanted: 0, tables: [], conflicts: [], failures: [] };
  let lastFaults: readonly FaultSeen[] = [];
  /** by script and lane: scripts of one lane may run at once, each once */
  const running = new Map<string, Running>();
  return {
    now: (): Counters => ({
      ...counts,
      waiting: waiting.count(),
      waitingOf: waiting.byLink(),
      running: [...running.values()],
      lastFaults,
      runs,
      unitJobs,
      targets: [...targets.values()],
      policy,
      totals: totals.now(),
    }),
    /** How the sources are now. */
    meet: (sources: ReadonlyMap<string, SourceState>): void => totals.meet(sources),
    see: (outcome: Outcome): void => {
      totals.see(outcome);
      switch (outcome.kind) {
        case 'fault':
          counts.faults += 1;
          lastFaults = withFault(lastFaults, outcome, clock());
          return;
        case 'seen':
          counts.events += 1;
          waiting.seen(outcome.step);
          return;
        case 'script-started': {
          const { script, step } = outcome;
          running.set(runKey(outcome), { script, ...ofStep(step), since: clock() });
          return;
        }
        case 'script-ran': {
          const run = runOf(outcome);
          running.delete(runKey(outcome));
          counts.scripts += 1;
          if (run.status !== 0 || run.timedOut) counts.failed += 1;
          runs = [...runs, run].slice(-MAX_RUNS);
          return;
        }
        case 'done':
          waiting.done(outcome.step);
          return;
        case 'policy':
          policy = outcome;
          return;
        case 'unit-job':
          unitJobs = [...unitJobs, jobOf(outcome)].slice(-MAX_RUNS);
          return;
        case 'target':
          if (outcome.wanted || outcome.active) targets.set(outcome.unit, outcome);
          else targets.delete(outcome.unit);
          return;
        case 'began':
        case 'script-output':
        case 'applied':
      }
    },
  };
};
