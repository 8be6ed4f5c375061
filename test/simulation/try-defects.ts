/* make simulate-defects: can the oracles fail? Each defect is put into the sources, alone, and has to be found within 200 seeds. */
import { spawnSync } from 'node:child_process';
import { defects } from './defects.js';

const only = process.env.ONLY ?? '';
let missed = 0;
for (const one of defects.filter(({ name }) => name.includes(only))) {
  const env = { ...process.env, DEFECT: JSON.stringify(one) };
  const run = spawnSync(process.execPath, ['scripts/simulate.mjs', 'find'], {
    env,
    encoding: 'utf8',
    timeout: 600_000,
  });
  const line = run.stdout.trim().split('\n').at(-1) ?? '';
  const found = (
    line.startsWith('{') ? JSON.parse(line) : { seeds: 0, oracles: ['crash'], what: run.stderr.slice(-300) }
  ) as { seeds: number; oracles: string[]; what: string };
  const isRight = found.oracles.some(oracle => one.oracles.includes(oracle));
  if (!isRight) missed += 1;
  const by = found.oracles.join(', ') || 'nobody';
  console.log(
    `${isRight ? 'found' : 'MISSED'}  ${one.name}: after ${found.seeds} seeds by ${by}${isRight ? '' : `, expected ${one.oracles.join(', ')}: ${found.what}`}`,
  );
}
console.log(`${missed} missed`);
process.exitCode = missed === 0 ? 0 : 1;
