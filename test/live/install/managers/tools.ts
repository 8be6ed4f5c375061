import { join } from 'node:path';
import { checkout } from '../../lab/checkout.js';
import { nodeOf } from '../../lab/packages/nodes.js';
import { fetchPackages } from '../../lab/packages/npm-packages.js';

/** Every package manager and runtime is a package of npm's, under the name that it has below `node_modules`. */
const tools = [
  'npm@npm:npm@10',
  'pnpm@npm:pnpm@10',
  'yarn1@npm:yarn@1',
  'yarn4@npm:@yarnpkg/cli-dist@4',
  'bun@npm:bun@1',
  'deno@npm:deno@2',
];

/** The oldest Node that is promised, and the two newest that have long-term support. */
export const nodes = [20, 22, 24] as const;

/** Package managers, Bun and Deno, fetched once into `test/.cache`, and Node's lines; the directory that has all of them. */
export const fetchTools = (): string => {
  const cache = join(checkout, 'test', '.cache');
  fetchPackages('package managers, Bun and Deno', join(cache, 'managers'), tools);
  for (const line of nodes) nodeOf(line);
  return cache;
};

/** How each is started, where `fetchTools()` is /mnt/tools. */
const modules = '/mnt/tools/managers/node_modules';
export const node = (line: number): string => `/mnt/tools/nodes/${line}/node_modules/node/bin/node`;
export const bun = `${modules}/bun/bin/bun.exe`;
export const deno = `${modules}/deno/deno`;
const byNode = (program: string): readonly string[] => [node(20), `${modules}/${program}`];
export const npm = byNode('npm/bin/npm-cli.js');
export const pnpm = byNode('pnpm/bin/pnpm.cjs');
export const yarn1 = byNode('yarn1/lib/cli.js');
export const yarn4 = byNode('yarn4/bin/yarn.js');
