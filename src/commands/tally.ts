import type { NetworkEvent } from '../model/event.js';
import type { Outcome, PolicyState, ScriptRan } from '../model/outcome.js';

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
  /** bytes of its output that were not logged */
  readonly outputCut: number;
  readonly error: string;
}

/** What became of the events so far. */
export interface Tally {
  readonly events: number;
  readonly scripts: number;
  readonly failed: number;
  readonly faults: number;
  /** lane of each event whose scripts have not ended, by id */
  readonly waiting: ReadonlyMap<number, string>;
  /** id of the newest event of each lane whose scripts have ended, while others may still be announced */
  readonly done: ReadonlyMap<string, number>;
  /** the newest run last */
  readonly runs: readonly Run[];
  readonly policy: PolicyState;
}

const MOST_RUNS = 20;

export const noTally: Tally = {
  events: 0,
  scripts: 0,
  failed: 0,
  faults: 0,
  waiting: new Map(),
  done: new Map(),
  runs: [],
  policy: { kind: 'policy', by: 'nobody', tables: [], conflicts: [], failures: [] },
};

const laneOf = (event: NetworkEvent): string => (event.kind === 'manager-state' ? 'manager' : String(event.ifindex));

const runOf = ({ script, step, exit, timedOut, error = '' }: ScriptRan): Run => ({
  script,
  link: 'name' in step.event ? step.event.name : '',
  event: step.event.kind,
  eventId: step.id,
  status: exit.code,
  signal: exit.signal,
  durationMs: Math.round(exit.duration),
  timedOut,
  outputCut: exit.cut ?? 0,
  error,
});

/**
 * Counts one outcome. The events of a lane follow one another, so the end of one is the end of all before it, those that
 * were joined into it as well.
 */
export const tally = (before: Tally, outcome: Outcome): Tally => {
  switch (outcome.kind) {
    case 'fault':
      return { ...before, faults: before.faults + 1 };
    case 'seen': {
      const { id, event } = outcome.step;
      const lane = laneOf(event);
      const isOver = (before.done.get(lane) ?? -1) >= id; // without scripts, the end comes before the announcement
      const waiting = isOver ? before.waiting : new Map([...before.waiting, [id, lane]]);
      return { ...before, events: before.events + 1, waiting };
    }
    case 'script-ran': {
      const run = runOf(outcome);
      const failed = run.status !== 0 || run.timedOut;
      return {
        ...before,
        scripts: before.scripts + 1,
        failed: before.failed + (failed ? 1 : 0),
        runs: [...before.runs, run].slice(-MOST_RUNS),
      };
    }
    case 'done': {
      const { id, event } = outcome.step;
      const lane = laneOf(event);
      const done = new Map(before.done).set(lane, id);
      if (before.waiting.size === 0) return { ...before, done };
      const waiting = new Map([...before.waiting].filter(([each, its]) => its !== lane || each > id));
      return { ...before, waiting, done };
    }
    case 'policy':
      return { ...before, policy: outcome };
    case 'began':
    case 'script-output':
    case 'applied':
      return before;
  }
};
