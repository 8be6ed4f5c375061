/* Whether a defect is found, and by which oracle: one line of JSON. See defects.ts. */
import { drawPlan } from '../../src/simulation/draw.js';
import { simulatePlan } from '../../src/simulation/simulate.js';

const SEEDS = 200;
/** Much happens in it, and little of it hides the rest. */
const LENGTH_MS = 6 * 3_600_000;

const found = (seeds: number, oracles: readonly string[], what: string): void => {
  console.log(JSON.stringify({ seeds, oracles, what: what.slice(0, 200) }));
  process.exit(0);
};
for (let seed = 1; seed <= SEEDS; seed += 1) {
  const { violations } = simulatePlan(drawPlan(seed, LENGTH_MS));
  const [first] = violations;
  if (first !== undefined) found(seed, [...new Set(violations.map(({ oracle }) => oracle))], first.what);
}
found(SEEDS, [], 'not found');
