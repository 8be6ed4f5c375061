import { existsSync } from 'node:fs';
import { alone } from './alone.js';

const fetching = `
[ ! -d "$directory" ] || exit 0
rm -rf "$directory.new"
mkdir -p "$directory.new"
npm install --prefix "$directory.new" --no-audit --no-fund --no-package-lock --silent "$@"
mv "$directory.new" "$directory"`;

/** Packages of npm in a directory of their own, fetched once. */
export const fetchPackages = (what: string, directory: string, names: readonly string[]): void => {
  if (existsSync(directory)) return;
  process.stderr.write(`fetching ${what}\n`);
  alone(fetching, { directory }, names);
};
