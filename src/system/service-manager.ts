import { notify } from '@network-stack/unix';
import { EMPTY, type Observable, tap, timer, ignoreElements } from 'rxjs';
import { toError } from '../model/fault.js';

/** Whoever started the daemon and wants to know how it is doing: sd_notify(3). */
export interface ServiceManager {
  /** It works, after its start or after a reload. */
  readonly ready: () => void;
  readonly reloading: () => void;
  readonly stopping: () => void;
  /** One line for people. */
  readonly status: (line: string) => void;
  /**
   * Tells from the event loop, in half the time the manager would wait, that the loop still turns (sd_watchdog_enabled(3));
   * emits nothing. Without a watchdog it completes at once.
   */
  readonly watchdog$: Observable<never>;
}

type Send = (assignments: Readonly<Record<string, string>>) => void;

/** Milliseconds between two signs of life; undefined: nobody waits for any. */
const periodOf = ({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number | undefined => {
  const microseconds = Number(WATCHDOG_USEC);
  const isMeant = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  return isMeant && microseconds > 0 ? Math.floor(microseconds / 2000) : undefined;
};

const monotonic = (): string => String(process.hrtime.bigint() / 1000n);

/**
 * systemd, or any other that is named in $NOTIFY_SOCKET; without it, nobody is told.
 *
 * @param warn told once if the manager cannot be reached; the daemon goes on
 */
export const serviceManager = (
  warn: (message: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): ServiceManager => {
  const address = env.NOTIFY_SOCKET ?? '';
  let hasFailed = false;
  const send: Send = assignments => {
    if (address === '') return;
    try {
      notify(address, assignments);
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) warn(toError(error).message);
      hasFailed = true;
    }
  };
  const period = address === '' ? undefined : periodOf(env);
  return {
    ready: () => send({ READY: '1' }),
    reloading: () => send({ RELOADING: '1', MONOTONIC_USEC: monotonic() }),
    stopping: () => send({ STOPPING: '1', STATUS: 'Draining' }),
    status: line => send({ STATUS: line }),
    watchdog$:
      period === undefined
        ? EMPTY
        : timer(0, period).pipe(
            tap(() => send({ WATCHDOG: '1' })),
            ignoreElements(),
          ),
  };
};
