import { dirname } from 'node:path';
import { checkout } from '../checkout.js';
import { init } from './init.js';
import { packages, type Program } from '../packages/packages.js';
import { only } from './users.js';

export interface LabOptions {
  /** a root directory of another Debian, whose programs run instead of the host's */
  readonly base?: string;
  /** programs that must be there besides the usual ones; those that the host lacks are fetched */
  readonly programs?: readonly Program[];
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const namespaces = [
  '--mount',
  '--uts',
  '--pid',
  '--net',
  '--ipc',
  '--fork',
  '--kill-child',
  '--propagation',
  'private',
];
/** All capabilities, over nothing but the namespaces; networkd needs a number that is not root's, as it would change it. */
const unprivileged = ['--user', `--map-user=${only}`, `--map-group=${only}`, '--keep-caps'];

/**
 * How to start the first process of a laboratory, and in it this command. Without a command it lives until its input ends.
 * Root has several users in it, others only one.
 */
export const firstProcess = ({ base, programs }: LabOptions, command: readonly string[] = []): Command => {
  const root = process.getuid?.() === 0;
  return {
    file: 'unshare',
    args: [...(root ? [] : unprivileged), ...namespaces, 'sh', '-c', init(root ? undefined : only), 'init', ...command],
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LABORATORY: 'inside',
      binds: [checkout, dirname(dirname(process.execPath))].join(' '),
      base,
      extra: packages(programs, base),
    },
  };
};

/** Whether this process was itself started in a laboratory. */
export const inside = (): boolean => process.env.LABORATORY === 'inside';
