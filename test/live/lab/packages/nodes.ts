import { join } from 'node:path';
import { checkout } from '../checkout.js';
import { fetchPackages } from './npm-packages.js';

/** What is built is tried by each of these. */
export const nodeLines = [22, 24, 26] as const;

/** The directory of the newest Node of this line, from the npm package `node`; fetched once into `test/.cache`. */
export const nodeOf = (line: number): string => {
  const directory = join(checkout, 'test', '.cache', 'nodes', String(line));
  fetchPackages(`Node ${line}`, directory, [`node@${line}`]);
  return join(directory, 'node_modules', 'node', 'bin');
};
