import { execaSync } from 'execa';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.js';

/**
 * Runs sh commands that put something into `test/.cache`, while no other process does: several test files that need the same
 * run at the same time. What they wrote to standard output; throws what they wrote if they fail.
 */
export const alone = (
  commands: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): string => {
  const cache = join(checkout, 'test', '.cache');
  mkdirSync(cache, { recursive: true });
  const words = [join(cache, 'lock'), 'sh', '-euc', commands, 'alone', ...args];
  return execaSync('flock', words, { env: variables }).stdout;
};
