/* Whether a defect is found, and by which oracle: one line of JSON. See defects.ts and try-defects.ts. */
import { drawPlan } from '../../src/simulation/draw.js';
import { simulatePlan } from '../../src/simulation/simulate-plan.js';

/** Much happens in it, and little of it hides the rest. */
const LENGTH_MS = 6 * 3_600_000;

const { SKIP = '[]', ORACLES = '[]' } = process.env;
const SEEDS = Number(process.env.SEEDS ?? 200);
/** Seeds that show something without any defect. */
const skipped = new Set(JSON.parse(SKIP) as number[]);
/** The oracles that should find it; none: all days are asked for that show anything. */
const wanted = JSON.parse(ORACLES) as string[];

const failing: number[] = [];
const by = new Set<string>();
const say = (seeds: number, what: string): void =>
  console.log(JSON.stringify({ seeds, failing, oracles: [...by], what: what.slice(0, 200) }));

const search = (): void => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    if (skipped.has(seed)) continue;
    const { violations } = simulatePlan(drawPlan(seed, LENGTH_MS));
    if (violations.length > 0) failing.push(seed);
    for (const { oracle } of violations) by.add(oracle);
    const found = violations.find(({ oracle }) => wanted.includes(oracle));
    if (found === undefined) continue;
    say(seed, found.what);
    return;
  }
  say(SEEDS, 'not found');
};
search();
