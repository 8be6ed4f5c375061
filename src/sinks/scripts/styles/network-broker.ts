import { allDirectories } from '../../../model/script-directories.js';
import { directoriesOf } from '../directories.js';
import { judgeScripts } from '../judge.js';
import type { Run, Style } from './style.js';

const noArgs: readonly string[] = [];

/** Our own scripts. */
export const networkBroker: Style = {
  paths: [],
  directories: allDirectories,
  runsOf: ({ event, world }) =>
    directoriesOf(event, world.config?.events.scriptsOnRenewal).directories.map((directory): Run => ({
      directory,
      args: noArgs,
    })),
  judge: judgeScripts,
};
