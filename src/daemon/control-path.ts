import { dirname, join } from 'node:path';
import { statePath } from './state/state-path.js';

const inside = (directory: string): string => join(directory, 'control.sock');

/** Where a daemon of this environment listens. */
export const controlPath = (env: NodeJS.ProcessEnv): string => inside(dirname(statePath(env)));

/** Where a daemon may be found: one's own, then the system's. */
export const controlPaths = (env: NodeJS.ProcessEnv): readonly string[] => [
  ...new Set([controlPath(env), inside('/run/network-broker')]),
];
