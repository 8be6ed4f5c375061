import { dirname } from 'node:path';
import type { Files } from '../system/files/files.js';
import { systemConfig } from './command-line.js';
import type { Options } from '../config/options.js';
import { statePath } from '../daemon/state/state-path.js';

export interface TargetDaemon {
  /** users whose scripts it runs */
  readonly owners: readonly number[];
  /** its runtime directory */
  readonly runtime: string;
}

/** The daemon that a command concerns: the system's or, with `--config`, one that this user would start. */
export const targetDaemon = ({ config }: Pick<Options, 'config'>, { owners }: Pick<Files, 'owners'>): TargetDaemon =>
  config === systemConfig
    ? { owners: [0], runtime: '/run/network-broker' }
    : { owners, runtime: dirname(statePath(process.env)) };
