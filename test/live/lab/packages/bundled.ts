import { existsSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { checkout } from '../checkout.js';

const cache = join(checkout, 'test', '.cache');
const made = new Map<string, string>();

/** A bundle looks for addons in the directory `prebuilds` beside it. */
const linkAddons = (): void => {
  const prebuilds = join(cache, 'prebuilds');
  if (existsSync(prebuilds)) return;
  try {
    symlinkSync(join('..', '..', 'dist', 'prebuilds'), prebuilds);
  } catch (error) {
    if (!existsSync(prebuilds)) throw error; // else somebody else was quicker
  }
};

/** Makes one file of a program of the tests, for a Node that runs in a laboratory; gives its path. Packages stay outside. */
export const bundled = (program: string): string => {
  const before = made.get(program);
  if (before !== undefined) return before;
  const file = join(cache, `${program.replaceAll('/', '-')}.mjs`);
  const options = ['--bundle', '--platform=node', '--format=esm', '--packages=external', '--log-level=warning'];
  const fresh = `${file}.${process.pid}`; // others may be running the one that is there
  const source = join(checkout, 'test', 'live', `${program}.ts`);
  execaSync(join(checkout, 'node_modules', '.bin', 'esbuild'), [source, ...options, `--outfile=${fresh}`]);
  renameSync(fresh, file);
  linkAddons();
  made.set(program, file);
  return file;
};
