import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.js';

/**
 * Runs sh commands that put something into `test/.cache`, while no other process does: several test files that need the same
 * run at the same time. Throws what they wrote if they fail.
 */
export const alone = (
  commands: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): void => {
  const cache = join(checkout, 'test', '.cache');
  mkdirSync(cache, { recursive: true });
  execFileSync('flock', [join(cache, 'lock'), 'sh', '-euc', commands, 'alone', ...args], {
    stdio: 'pipe',
    env: { ...process.env, ...variables },
  });
};
