import { fileURLToPath, URL } from 'node:url';

/**
 * For esbuild: sources of the packages of the workspace become a part of what is built. As aliases and not by a plugin: what a plugin finds is
 * compiled without a look at tsconfig.json, and whether a plugin or a neighbour's import finds a file first is chance.
 */
export const packagesOfCheckout = Object.fromEntries(
  ['addon', 'netlink', 'spawn', 'unix'].map(name => [
    `@network-stack/${name}`,
    fileURLToPath(new URL(`../packages/${name}/src`, import.meta.url)),
  ]),
);
