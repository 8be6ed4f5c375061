import { faultCodes } from '../model/fault-codes.js';
import type { Outcome, ScriptRan } from '../model/outcome.js';
import { allDirectories, wordOf } from '../model/script-directories.js';
import type { Step } from '../model/world.js';
import type { SourceState } from '../model/source-state.js';

/** How many values were at most each bound and above the one before; the last are those above all bounds. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

export const runResults = ['success', 'failed', 'signal', 'timeout', 'unstarted'] as const;
export type RunResult = (typeof runResults)[number];

type Counts = Readonly<Record<string, number>>;

/** What was counted since the start, by labels of which there are few. */
export interface Totals {
  /** by kind */
  readonly events: Counts;
  /** by directory without `.d`, then by how they ended */
  readonly runs: Readonly<Record<string, Readonly<Record<RunResult, number>>>>;
  /** of runs, by directory; seconds */
  readonly durations: Readonly<Record<string, Histogram>>;
  /** from the arrival of what made an event to its first script; seconds */
  readonly latency: Histogram;
  /** by code */
  readonly faults: Counts;
  /** how often each source served again after it had not */
  readonly reconnects: Counts;
}

const DURATION_BOUNDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 90];
const LATENCY_BOUNDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** What has no label of its own. */
export const OTHER = 'other';

const directories: ReadonlySet<string> = new Set(allDirectories);

const codeOf = (code: string): string => (Object.hasOwn(faultCodes, code) ? code : OTHER);

const directoryOf = (script: string): string => {
  const name = script.split('/').at(-2) ?? '';
  return directories.has(name) ? wordOf(name) : OTHER;
};

const resultOf = ({ exit: { code, signal }, timedOut, error }: ScriptRan): RunResult =>
  error !== undefined
    ? 'unstarted'
    : timedOut
      ? 'timeout'
      : signal !== null
        ? 'signal'
        : code === 0
          ? 'success'
          : 'failed';

const createHistogram = (bounds: readonly number[]) => {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  let sum = 0;
  return {
    observe: (value: number): void => {
      const at = bounds.findIndex(bound => value <= bound);
      const nth = at === -1 ? bounds.length : at;
      counts[nth] = (counts[nth] ?? 0) + 1;
      sum += value;
    },
    now: (): Histogram => ({ bounds, counts: [...counts], sum }),
  };
};

const createTally = () => {
  const counts = new Map<string, number>();
  return {
    add: (key: string): void => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    now: (): Counts => Object.fromEntries(counts),
  };
};

/** The runs of one directory. */
const createRuns = () => {
  const results: Record<RunResult, number> = { success: 0, failed: 0, signal: 0, timeout: 0, unstarted: 0 };
  const durations = createHistogram(DURATION_BOUNDS);
  return {
    add: (run: ScriptRan): void => {
      results[resultOf(run)] += 1;
      durations.observe(run.exit.duration / 1000);
    },
    results: () => ({ ...results }),
    durations: durations.now,
  };
};

const mapped = <T, U>(from: ReadonlyMap<string, T>, as: (value: T) => U): Readonly<Record<string, U>> =>
  Object.fromEntries(Array.from(from, ([key, value]) => [key, as(value)]));

/**
 * Counts what metrics tell of, whether or not anybody asks: who asks later is told of all.
 *
 * @param clock milliseconds since the epoch, by the clock that dates steps
 */
export const createTotals = (clock: () => number = Date.now) => {
  const events = createTally();
  const faults = createTally();
  const reconnects = createTally();
  const latency = createHistogram(LATENCY_BOUNDS);
  const runs = new Map<string, ReturnType<typeof createRuns>>();
  /** whose first script was started */
  const begun = new WeakSet<Step>();
  let sources: ReadonlyMap<string, SourceState> = new Map();
  const hasServed = new Set<string>();

  const runsIn = (directory: string) => {
    const those = runs.get(directory) ?? createRuns();
    runs.set(directory, those);
    return those;
  };
  return {
    now: (): Totals => ({
      events: events.now(),
      runs: mapped(runs, ({ results }) => results()),
      durations: mapped(runs, ({ durations }) => durations()),
      latency: latency.now(),
      faults: faults.now(),
      reconnects: reconnects.now(),
    }),
    see: (outcome: Outcome): void => {
      if (outcome.kind === 'seen') events.add(outcome.step.event.kind);
      else if (outcome.kind === 'fault') faults.add(codeOf(outcome.code));
      else if (outcome.kind === 'script-ran') runsIn(directoryOf(outcome.script)).add(outcome);
      else if (outcome.kind === 'script-started' && !begun.has(outcome.step)) {
        begun.add(outcome.step);
        latency.observe(Math.max(clock() - outcome.step.at, 0) / 1000);
      }
    },
    /** How the sources are now. */
    meet: (now: ReadonlyMap<string, SourceState>): void => {
      if (now === sources) return;
      for (const [name, { is }] of now) {
        if (is !== 'serving' || sources.get(name)?.is === 'serving') continue;
        if (hasServed.has(name)) reconnects.add(name);
        hasServed.add(name);
      }
      sources = now;
    },
  };
};
