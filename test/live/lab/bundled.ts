import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from './checkout.js';

/** Makes one file of a program of the tests, for a Node that runs in a laboratory; gives its path. Packages stay outside. */
export const bundled = (program: string): string => {
  const outfile = join(checkout, 'test', '.cache', `${program.replaceAll('/', '-')}.mjs`);
  const options = ['--bundle', '--platform=node', '--format=esm', '--packages=external', '--log-level=warning'];
  const file = join(checkout, 'test', 'live', `${program}.ts`);
  execFileSync(join(checkout, 'node_modules', '.bin', 'esbuild'), [file, ...options, `--outfile=${outfile}`]);
  return outfile;
};
