import type { Extension } from '../extensions/extension.js';
import type { Outcome } from '../model/outcome.js';
import { drawPlan } from './draw.js';
import type { Oracle } from './oracles/oracle.js';
import type { Plan } from './day-plan.js';
import { show } from './show.js';
import { shrink } from './shrink.js';
import { type Simulated, simulatePlan, standardOracles } from './simulate-plan.js';

/** What must always hold besides; see `SimulateOptions`. */
export interface Expectation {
  /** is given all that is told, `at` so many milliseconds of the day; a text says what is wrong */
  readonly outcome?: (outcome: Outcome, at: number) => string | undefined;
  /** all has been quiet for long */
  readonly quiet?: () => string | undefined;
}

/** What is simulated. */
export interface SimulateOptions {
  /** the first of them; the same seed is the same day. Unset: one of each time's own */
  readonly seed?: number;
  /** 7 if unset */
  readonly days?: number;
  /** the text of network-broker.toml; unset: each day draws one of its own */
  readonly config?: string;
  /** paths of scripts below the script directory, `routable.d/10-note`; unset: each day draws its own */
  readonly scripts?: readonly string[];
  /** made anew for each day, and each time that one is repeated */
  readonly extensions?: () => readonly Extension[];
  /** what they, or you, promise: made anew likewise */
  readonly expectation?: () => Expectation;
}

/** What did not hold. */
export interface SimulatedFailure {
  /** of its day */
  readonly seed: number;
  readonly what: readonly string[];
  /** for people: the fewest events that show it, as a marble diagram and as commands, and what followed */
  readonly text: string;
}

/** Where `failure` is undefined, all held. */
export interface SimulatedDays {
  readonly seed: number;
  readonly days: number;
  readonly failure: SimulatedFailure | undefined;
}

/** The name under which what an `Expectation` says is told. */
const EXPECTED = 'expected';

const oracleOf = (expectation: () => Expectation): Oracle => ({
  name: EXPECTED,
  watch: (_, complain) => {
    const { outcome, quiet } = expectation();
    const say = (wrong: string | undefined): void => {
      if (wrong !== undefined) complain(wrong);
    };
    return {
      see: happening => {
        if (happening.kind === 'outcome') say(outcome?.(happening.outcome, happening.at));
      },
      quiet: () => say(quiet?.()),
    };
  },
});

/** See `simulate`. */
export const simulateDays = ({
  seed = Date.now() % 1_000_000_000,
  days = 7,
  config,
  scripts,
  extensions = () => [],
  expectation = () => ({}),
}: SimulateOptions): SimulatedDays => {
  const oracles = [...standardOracles, oracleOf(expectation)];
  const run = (plan: Plan): Simulated => simulatePlan(plan, { oracles, extensions: extensions() });
  for (let day = 0; day < days; day += 1) {
    const drawn = drawPlan(seed + day);
    const plan = { ...drawn, config: config ?? drawn.config, scripts: scripts ?? drawn.scripts };
    const { violations } = run(plan);
    const [first] = violations;
    if (first === undefined) continue;
    const shows = (other: Plan): boolean => run(other).violations.some(({ oracle }) => oracle === first.oracle);
    const small = shrink(plan, first.at, shows);
    const what = [...new Set(violations.map(violation => `${violation.oracle}: ${violation.what}`))];
    return { seed, days: day + 1, failure: { seed: plan.seed, what, text: show(small, run(small), extensions()) } };
  }
  return { seed, days, failure: undefined };
};
