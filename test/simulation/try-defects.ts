/* make simulate-defects: can the oracles fail? Each defect is put into the sources, alone, and has to be found within 200 seeds, by the oracle that should. */
import { spawnSync } from 'node:child_process';
import { type Defect, defects } from './defects.js';

interface Found {
  readonly seeds: number;
  readonly failing: readonly number[];
  readonly oracles: readonly string[];
  readonly what: string;
}

const find = (env: Readonly<Record<string, string>>): Found => {
  const run = spawnSync(process.execPath, ['scripts/simulate.mjs', 'find'], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 1_200_000,
  });
  const line = run.stdout.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) return { seeds: 0, failing: [], oracles: ['crash'], what: run.stderr.slice(-300) };
  return JSON.parse(line) as Found;
};

const only = process.env.ONLY ?? '';
const { failing } = find({});
console.log(`without a defect ${failing.length} of these days show something: ${failing.join(' ') || 'none'}`);
const isFound = (defect: Defect): boolean => {
  const { seeds, oracles, what } = find({
    DEFECT: JSON.stringify(defect),
    SKIP: JSON.stringify(failing),
    ORACLES: JSON.stringify(defect.oracles),
  });
  const isRight = oracles.some(oracle => defect.oracles.includes(oracle));
  const why = isRight ? '' : `, expected ${defect.oracles.join(', ')}: ${what}`;
  console.log(
    `${isRight ? 'found' : 'MISSED'}  ${defect.name}: after ${seeds} seeds by ${oracles.join(', ') || 'nobody'}${why}`,
  );
  return isRight;
};
const tried = defects.filter(({ name }) => name.includes(only));
const missed = tried.filter(defect => !isFound(defect)).length;
console.log(`${tried.length - missed} found, ${missed} missed`);
process.exitCode = missed === 0 ? 0 : 1;
