/* make simulate, make simulate-keep: see docs/simulation.md. */
import { writeFileSync } from 'node:fs';
import { drawPlan } from '../../src/simulation/draw.js';
import type { Plan } from '../../src/simulation/day-plan.js';
import { show } from '../../src/simulation/show.js';
import { shrink } from '../../src/simulation/shrink.js';
import { oraclesOnTrial, simulatePlan, type Simulated, standardOracles } from '../../src/simulation/simulate-plan.js';

/** make hands on what is not said as empty. */
const said = (name: string): string | undefined => (process.env[name] === '' ? undefined : process.env[name]);
const [SEED, DAYS = '1', SECONDS, KEEP, TRIAL] = ['SEED', 'DAYS', 'SECONDS', 'KEEP', 'TRIAL'].map(said);
const oracles = TRIAL === undefined ? standardOracles : [...standardOracles, ...oraclesOnTrial];
const DAY_MS = 86_400_000;

/** The plan with the fewest actions in which the same oracle complains. */
const shrunk = (plan: Plan, { violations: [first] }: Simulated): Plan =>
  first === undefined
    ? plan
    : shrink(plan, first.at, other =>
        simulatePlan(other, { oracles }).violations.some(({ oracle }) => oracle === first.oracle),
      );

const keep = (plan: Plan): void => {
  const file = `test/simulation/cases/${plan.seed}.json`;
  writeFileSync(file, `${JSON.stringify(plan, undefined, 2)}\n`);
  console.log(`kept as ${file}: name it by what it shows, and mend what it found`);
};

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const first = Number(SEED ?? Math.floor(Date.now() / 1000) % 1_000_000_000);
const end = SECONDS === undefined ? Infinity : performance.now() + Number(SECONDS) * 1000;
const most = SECONDS === undefined ? Number(DAYS) : Infinity;
const mostFailures = SECONDS === undefined ? 3 : 1;
console.log(`simulated days from seed ${first} on`);
let days = 0;
let failures = 0;
for (; days < most && performance.now() < end && failures < mostFailures; days += 1) {
  const plan = drawPlan(first + days, DAY_MS);
  const simulated = simulatePlan(plan, { oracles });
  if (simulated.violations.length === 0) continue;
  failures += 1;
  console.log(`seed ${plan.seed}: ${simulated.violations.map(({ oracle, what }) => `${oracle}: ${what}`).join('; ')}`);
  const small = shrunk(plan, simulated);
  console.log(show(small, simulatePlan(small, { oracles })));
  console.log(`again: make simulate SEED=${plan.seed}; as a test: make simulate-keep SEED=${plan.seed}`);
  if (KEEP !== undefined) keep(small);
}
const megabytes = Math.round(process.memoryUsage().rss / 1e6);
console.log(
  `${days} days, ${(cpu() / Math.max(1, days)).toFixed(2)} s of CPU each, ${megabytes} MB; ${failures} with a violation`,
);
process.exitCode = failures === 0 ? 0 : 1;
