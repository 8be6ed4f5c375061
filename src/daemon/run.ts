import { dirname } from 'node:path';
import {
  BehaviorSubject,
  filter,
  lastValueFrom,
  map,
  merge,
  share,
  Subject,
  switchMap,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import { configurations } from './configurations.js';
import { inForce, loadConfig } from './load-config.js';
import { defaults } from '../config/schema.js';
import type { Config } from '../model/config.js';
import { fault, type Fault, toError } from '../model/fault.js';
import type { Outcome } from '../model/outcome.js';
import { openLog } from '../system/log/log.js';
import { answering } from '../system/sockets/control-socket.js';
import { serviceManager } from '../system/service-manager.js';
import { passedSockets } from '../system/sockets/passed-sockets.js';
import { signals } from '../system/signals.js';
import type { Options } from '../config/options.js';
import { version } from '../config/version.js';
import { configurationSource } from './configuration-source.js';
import { controlPath } from './control-path.js';
import { daemon } from './daemon.js';
import { describe, type LogRecord } from '../text/log-records.js';
import { loadExtensions } from './load-extensions.js';
import { keptConfiguration } from './state/kept-configuration.js';
import { onlyHere } from './only-here.js';
import { nameProcess } from '../system/processes/process-name.js';
import { say } from '../system/say.js';
import { statePath } from './state/state-path.js';
import { statusKeeper } from './status/status-keeper.js';
import { metrics } from './status/metrics.js';
import { giveUp } from './stopping.js';
import { strayFaults } from './stray-errors.js';
import { tooPrivilegedHere } from './unprivileged.js';
import { WRONG_CONFIGURATION } from '../config/exit-status.js';

const recordOf = (level: LogRecord['level'], message: string, fields: LogRecord['fields'] = {}): LogRecord => ({
  level,
  message,
  fields: { kind: 'daemon', ...fields },
});

const startedWithLast = (file: string): Fault =>
  fault(
    'config-last',
    `${file} has errors: started with the last valid configuration; the file is reread when it changes`,
  );

/** What the loader says (loader/network-broker.cjs): the program that would have made the code cache. */
const uncompiled = (maker: string): string =>
  `started without a code cache of this build for Node ${process.version}, which takes longer; as root, make one: ${process.execPath} ${maker}`;

/**
 * The daemon, in the foreground. SIGHUP rereads the configuration; SIGTERM and SIGINT stop it once running scripts have
 * ended, or at once when sent again. Resolves to the exit status.
 */
export const run = async (options: Options): Promise<number> => {
  const tooMuch = tooPrivilegedHere();
  if (tooMuch !== undefined) {
    say(tooMuch);
    return 1;
  }
  const place = onlyHere(dirname(statePath(process.env)));
  if (place.is === 'taken') {
    say(place.why);
    return 1;
  }
  nameProcess('network-broker');
  const overridden = (config: Config): Config => ({ ...config, system: { ...config.system, ...options.system } });
  const load = () => loadConfig(options.config);

  const kept = keptConfiguration(process.env);
  const present = load();
  const right = inForce(present);
  const { last, faults: lost } = right === undefined ? kept.read() : { last: right, faults: [] };
  const first = right ?? last;
  const { logFormat, logLevel } = overridden(first?.config ?? defaults).system;
  const { write, setLevel } = await openLog(logFormat, logLevel);
  const keeper = statusKeeper({ version, pid: process.pid, started: performance.timeOrigin });
  const note = (message: string, fields?: LogRecord['fields']): void => write(recordOf('info', message, fields));
  const warn = (message: string): void => write(recordOf('warn', message));
  const report = (outcome: Outcome): void => {
    keeper.see(outcome);
    describe(outcome).forEach(write);
  };
  const { NETWORK_BROKER_UNCOMPILED: maker } = process.env;
  if (maker !== undefined) note(uncompiled(maker));
  [...present.faults, ...lost].forEach(report);
  if (place.is === 'unknown') report(place.fault);
  if (first === undefined) {
    write(recordOf('fatal', `not started: ${options.config} has errors`));
    return WRONG_CONFIGURATION;
  }
  if (right === undefined) report(startedWithLast(options.config));

  const defect$ = new Subject<never>();
  const strays = strayFaults(first.config).subscribe({
    next: report,
    error: (defect: unknown) => defect$.error(toError(defect)),
  });
  const loaded = await lastValueFrom(loadExtensions(first.config.extensions.load), { defaultValue: [] });
  loaded.forEach(one => ('fault' in one ? report(one.fault) : note(`extension ${one.extension.name}: ${one.path}`)));
  const extensions = loaded.flatMap(one => ('extension' in one ? [one.extension] : []));

  const manager = serviceManager(warn);
  const ask$ = signals('SIGTERM', 'SIGINT').pipe(share());
  const ready$ = new BehaviorSubject(false);
  /**
   * When the service manager hears of it, the configuration is in force or refused: everything in between is
   * synchronous.
   */
  const reload$ = signals('SIGHUP').pipe(
    map(() => {
      note('rereading the configuration');
      if (ready$.value) {
        manager.reloading();
        queueMicrotask(manager.ready);
      }
      return load();
    }),
  );
  const configured = configurations(options.config, { present, first }, load, reload$, { report, note });
  const status = () => keeper.report(configured.refused(), configured.changed());
  const stop$ = ask$.pipe(
    take(1),
    tap(signal => {
      manager.stopping();
      note(`${signal}: draining; signal again to stop now`);
    }),
  );
  const cut$ = giveUp(ask$).pipe(tap(why => warn(`stopping now: ${why}; scripts are killed`)));
  const outcome$ = daemon({
    options,
    extensions,
    first: overridden(first.config),
    more: [configurationSource(configured.refused$)],
    config$: configured.config$.pipe(
      map(overridden),
      tap(({ system }) => setLevel(system.logLevel)),
    ),
    stop$,
    write,
    watching: [keeper.sink, metrics(status, passedSockets(process.env, process.pid))],
    manager,
    ready: () => {
      manager.ready();
      ready$.next(true);
      note(`ready after ${Math.round(performance.now())} ms`, { version, pid: process.pid });
    },
  });

  /** Runs beside the daemon, and ends with it. */
  const beside = merge(
    ready$.pipe(
      filter(Boolean),
      switchMap(() => configured.texts$),
      kept.keep,
    ),
    manager.watchdog$,
    answering(controlPath(process.env), () => JSON.stringify(status())),
  )
    .pipe(tap(report))
    .subscribe();
  return new Promise<number>(resolve => {
    outcome$.pipe(takeUntil(defect$), takeUntil(cut$)).subscribe({
      next: report,
      error: (defect: unknown) => {
        report(fault('defect', `a defect ended the daemon: ${toError(defect).message}; please report it`, defect));
        resolve(1);
      },
      complete: () => {
        note('stopped');
        resolve(0);
      },
    });
  }).finally(() => {
    beside.unsubscribe();
    strays.unsubscribe();
  });
};
