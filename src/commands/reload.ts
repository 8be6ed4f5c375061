import { kill } from 'node:process';
import { lastValueFrom } from 'rxjs';
import { emptied, loadConfig } from '../daemon/load-config.js';
import { toError } from '../model/fault.js';
import { askDaemon } from '../cli/ask-daemon.js';
import type { Options } from '../config/options.js';
import { keptConfiguration } from '../daemon/state/kept-configuration.js';
import { say } from '../system/say.js';
import { WRONG_CONFIGURATION } from '../config/exit-status.js';
import { field, parseJson } from '../model/values/unknown.js';

/** Never process 1. */
const isPid = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 1;

/** $MAINPID from the service manager (systemd.exec(5)), else the daemon that answers `status`. */
const meantPid = async ({ MAINPID, ...env }: NodeJS.ProcessEnv): Promise<number | undefined> => {
  if (MAINPID !== undefined) return isPid(Number(MAINPID)) ? Number(MAINPID) : undefined;
  const answer = await lastValueFrom(askDaemon(env), { defaultValue: '' });
  const pid = field(parseJson(answer), 'pid');
  return isPid(pid) ? pid : undefined;
};

/**
 * Has the daemon reread its configuration if it is valid; otherwise all its errors are printed and the daemon
 * is not signalled. The daemon validates it again, as the file may change in between. Resolves to the exit status.
 */
export const reload = async ({ config }: Options): Promise<number> => {
  const next = loadConfig(config);
  const { last } = keptConfiguration(process.env).read();
  const gone = last === undefined ? [] : emptied(last, next);
  for (const { message } of [...next.faults, ...gone]) say(message);
  if (next.config === undefined || gone.length > 0) {
    say('not reloaded: the previous configuration stays in use');
    return WRONG_CONFIGURATION;
  }
  const pid = await meantPid(process.env);
  if (pid === undefined) {
    say('no daemon is running; start it: systemctl start network-broker');
    return 1;
  }
  try {
    kill(pid, 'SIGHUP');
    return 0;
  } catch (error) {
    say(`the daemon, process ${pid}, could not be signalled: ${toError(error).message}`);
    return 1;
  }
};
