/** Binaries on Node-API: one for each machine and C library, for Node, Bun and Deno alike. */
export { AddonError, lazyAddon } from './load.js';
export { target } from './target.js';
