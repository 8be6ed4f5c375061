import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from './alone.js';
import { checkout } from './checkout.js';

/** What is built is tried by each of these. */
export const nodeLines = [22, 24, 26] as const;

const fetching = `
[ ! -d "$directory" ] || exit 0
rm -rf "$directory.new"
mkdir -p "$directory.new"
npm install --prefix "$directory.new" --no-audit --no-fund --no-package-lock --silent "node@$line"
mv "$directory.new" "$directory"`;

/** The directory of the newest Node of this line, from the npm package `node`; fetched once into `test/.cache`. */
export const nodeOf = (line: number): string => {
  const directory = join(checkout, 'test', '.cache', 'nodes', String(line));
  if (!existsSync(directory)) {
    process.stderr.write(`fetching Node ${line}\n`);
    alone(fetching, { directory, line: String(line) });
  }
  return join(directory, 'node_modules', 'node', 'bin');
};
