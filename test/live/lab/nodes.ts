import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.js';

/** The directory of the newest Node of this line, from the npm package `node`; fetched once into `test/.cache`. */
export const nodeOf = (line: number): string => {
  const directory = join(checkout, 'test', '.cache', 'nodes', String(line));
  if (!existsSync(directory)) {
    process.stderr.write(`fetching Node ${line}\n`);
    const fresh = `${directory}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    try {
      const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--silent'];
      execFileSync('npm', ['install', '--prefix', fresh, ...quiet, `node@${line}`], { stdio: 'pipe' });
      renameSync(fresh, directory);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  return join(directory, 'node_modules', 'node', 'bin');
};
