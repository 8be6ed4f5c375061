import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { defer, of } from 'rxjs';
import { statePath } from '../../daemon/state/state-path.js';
import type { Check } from './finding.js';
import { ok, warn } from './finding.js';

const about = 'state';

const isWritable = (directory: string): boolean => {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Can the daemon remember over a restart what it has acted on? */
export const state: Check = () =>
  defer(() => {
    const path = statePath(process.env);
    const directory = dirname(path);
    const there = existsSync(directory) ? directory : dirname(directory);
    return of(
      isWritable(there)
        ? ok(about, path)
        : warn(about, `${path} cannot be written: after a restart, scripts run again for states already acted on`),
    );
  });
