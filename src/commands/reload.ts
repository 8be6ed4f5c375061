import { kill } from 'node:process';
import { lastValueFrom } from 'rxjs';
import { emptied, loadConfig } from '../daemon/load-config.js';
import { toError } from '../model/fault.js';
import { askDaemon } from '../cli/ask-daemon.js';
import type { Options } from '../config/options.js';
import { keptConfiguration } from '../daemon/state/kept-configuration.js';
import { say } from '../system/say.js';
import { WRONG_CONFIGURATION } from '../config/exit-status.js';

/** 1 is nobody whom this could mean. */
const isPid = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 1;

/** The service manager says whom it means (systemd.exec(5)); else it is who answers `status`. */
const meantPid = async ({ MAINPID, ...env }: NodeJS.ProcessEnv): Promise<number | undefined> => {
  if (MAINPID !== undefined) return isPid(Number(MAINPID)) ? Number(MAINPID) : undefined;
  const answer = await lastValueFrom(askDaemon(env), { defaultValue: '' });
  const report: unknown = answer === '' ? undefined : JSON.parse(answer);
  const pid: unknown = typeof report === 'object' && report !== null ? Reflect.get(report, 'pid') : undefined;
  return isPid(pid) ? pid : undefined;
};

/**
 * Has the daemon read its configuration again, if that is right: all that is wrong with it is said otherwise, and the daemon
 * is not asked. It judges for itself again, for the file may change in between. Resolves to the exit status.
 */
export const reload = async ({ config }: Options): Promise<number> => {
  const next = loadConfig(config);
  const { last } = keptConfiguration(process.env).read();
  const gone = last === undefined ? [] : emptied(last, next);
  for (const { message } of [...next.faults, ...gone]) say(message);
  if (next.config === undefined || gone.length > 0) {
    say('not reloaded: the configuration in use is kept');
    return WRONG_CONFIGURATION;
  }
  const pid = await meantPid(process.env);
  if (pid === undefined) {
    say('expected a running daemon, found none that answers: systemctl start network-broker');
    return 1;
  }
  try {
    kill(pid, 'SIGHUP');
    return 0;
  } catch (error) {
    say(`expected to reach the daemon, process ${pid}, found ${toError(error).message}`);
    return 1;
  }
};
