// Fetches what the tests need and this machine lacks: none of them has to wait for it. What cannot be had they say themselves.
import { nodeLines, nodeOf } from './packages/nodes.js';
import { packages, sets } from './packages/packages.js';
import { debianRoot, USUAL } from './systems/root.js';

const all: readonly (() => unknown)[] = [
  ...Object.values(sets).map(programs => () => packages(programs)),
  () => debianRoot(USUAL),
  ...nodeLines.map(line => () => nodeOf(line)),
];
for (const fetch of all) {
  try {
    fetch();
  } catch (error) {
    console.error(`not fetched: ${error instanceof Error ? error.message.trim() : String(error)}`);
  }
}
