import { dirname } from 'node:path';
import {
  BehaviorSubject,
  catchError,
  concat,
  EMPTY,
  filter,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  of,
  share,
  Subject,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import type { ConfigText } from '../config/assignments.js';
import { inForce, type Loaded, loadConfig, type Reload, reloadOutcomes } from './load-config.js';
import { defaults } from '../config/schema.js';
import type { Config } from '../model/config.js';
import { fault, type Fault, toError } from '../model/fault.js';
import type { Outcome } from '../model/outcome.js';
import { openLog } from '../system/log/log.js';
import { answering } from '../system/sockets/control-socket.js';
import { serviceManager } from '../system/service-manager.js';
import { signals } from '../system/signals.js';
import { directoryWatch } from '../system/files/watch-directory.js';
import type { Options } from '../config/options.js';
import { version } from '../config/version.js';
import { configurationSource } from './configuration-source.js';
import { controlPath } from './control-path.js';
import { corrections, directoriesOf } from './corrections.js';
import { daemon } from './daemon.js';
import { describe, type LogRecord } from '../text/log-records.js';
import { loadExtensions } from './load-extensions.js';
import { keptConfiguration } from './state/kept-configuration.js';
import { onlyHere } from './only-here.js';
import { say } from '../system/say.js';
import { statePath } from './state/state-path.js';
import { statusKeeper } from './status/status-keeper.js';
import { giveUp } from './stopping.js';
import { strayFaults } from './stray-errors.js';
import { tooPrivilegedHere } from './unprivileged.js';
import { WRONG_CONFIGURATION } from '../config/exit-status.js';

const note = (message: string, fields: LogRecord['fields'] = {}): LogRecord => ({
  level: 'info',
  message,
  fields: { kind: 'daemon', ...fields },
});

const errorsOf = ({ faults }: Pick<Loaded, 'faults'>): readonly Fault[] =>
  faults.filter(({ severity, code }) => severity === 'error' && code !== 'config-kept');

const startedWithLast = (file: string): Fault =>
  fault(
    'config-last',
    `${file} has errors: started with the last configuration that was right; it is read again when it changes`,
  );

/**
 * The daemon, in the foreground. SIGHUP reads the configuration again, SIGTERM and SIGINT stop: what was begun ends
 * first, unless asked again. Resolves to the exit status.
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
  const overridden = (config: Config): Config => ({ ...config, system: { ...config.system, ...options.system } });
  const load = () => loadConfig(options.config);

  const kept = keptConfiguration(process.env);
  const present = load();
  const right = inForce(present);
  const { last, faults: lost } = right === undefined ? kept.read() : { last: right, faults: [] };
  const first = right ?? last;
  const { logFormat, logLevel } = overridden(first?.config ?? defaults).system;
  const { write, setLevel } = await openLog(logFormat, logLevel);
  /** Why what is written is not in force; empty: it is. */
  const refused$ = new BehaviorSubject<readonly Fault[]>(right === undefined ? errorsOf(present) : []);
  const keeper = statusKeeper({ version, pid: process.pid }, () => refused$.value);
  const report = (outcome: Outcome): void => {
    keeper.see(outcome);
    describe(outcome).forEach(write);
  };
  [...present.faults, ...lost].forEach(report);
  if (place.is === 'unknown') report(place.fault);
  if (first === undefined) {
    write({ level: 'fatal', message: `not started: ${options.config} has errors`, fields: { kind: 'daemon' } });
    return WRONG_CONFIGURATION;
  }
  if (right === undefined) report(startedWithLast(options.config));

  const defect$ = new Subject<never>();
  const strays = strayFaults(first.config).subscribe({
    next: report,
    error: (defect: unknown) => defect$.error(toError(defect)),
  });
  const loaded = await lastValueFrom(loadExtensions(first.config.extensions.load), { defaultValue: [] });
  loaded.forEach(one =>
    'fault' in one ? report(one.fault) : write(note(`extension ${one.extension.name}: ${one.path}`)),
  );
  const extensions = loaded.flatMap(one => ('extension' in one ? [one.extension] : []));

  const manager = serviceManager(message => write({ level: 'warn', message, fields: { kind: 'daemon' } }));
  const ask$ = signals('SIGTERM', 'SIGINT').pipe(share());
  const reload$ = signals('SIGHUP').pipe(tap(() => write(note('reading the configuration again'))));
  let isReady = false;
  /** What is loaded is in force, or refused, when the service manager hears of it: all that happens in between is synchronous. */
  const reload = () => {
    if (isReady) {
      manager.reloading();
      queueMicrotask(manager.ready);
    }
    return load();
  };
  /** Who has not seen that the configuration was wrong when the daemon started need not know how to have it read. */
  const corrected$ =
    right === undefined
      ? corrections(directoriesOf(options.config), present, load, directoryWatch).pipe(
          catchError((error: unknown) => {
            const message = `expected to watch ${options.config}, found ${toError(error).message}: reload when it is right`;
            report(fault('config-unwatched', message, error));
            return EMPTY;
          }),
          takeUntil(refused$.pipe(filter(refused => refused.length === 0))),
        )
      : EMPTY;
  const taken$ = new Subject<readonly ConfigText[]>();
  let { texts } = first;
  const settle = ({ taken, faults }: Reload): readonly Config[] => {
    faults.forEach(report);
    if (taken !== undefined && refused$.value.length > 0) write(note(`${options.config} is right again, and in force`));
    refused$.next(taken === undefined ? errorsOf({ faults }) : []);
    if (taken === undefined) return [];
    ({ texts } = taken);
    if (isReady) taken$.next(texts);
    return [taken.config];
  };
  const reloaded$ = reloadOutcomes(first, merge(reload$.pipe(map(reload)), corrected$)).pipe(mergeMap(settle));
  const stop$ = ask$.pipe(
    take(1),
    tap(signal => {
      manager.stopping();
      write(note(`${signal}: stopping when what was begun has ended; ask again to stop at once`));
    }),
  );
  const cut$ = giveUp(ask$).pipe(
    tap(why =>
      write({ level: 'warn', message: `stopping at once: ${why}; scripts are killed`, fields: { kind: 'daemon' } }),
    ),
  );
  const outcome$ = daemon({
    options,
    extensions,
    first: overridden(first.config),
    more: [configurationSource(refused$)],
    config$: concat(of(first.config), reloaded$).pipe(
      map(overridden),
      tap(({ system }) => setLevel(system.logLevel)),
    ),
    stop$,
    write,
    watching: [keeper.sink],
    manager,
    ready: () => {
      isReady = true;
      manager.ready();
      taken$.next(texts);
      write(note(`ready after ${Math.round(performance.now())} ms`, { version, pid: process.pid }));
    },
  });

  const keeping = taken$.pipe(kept.keep, tap(report)).subscribe();
  const watchdog = manager.watchdog$.subscribe();
  const control = answering(controlPath(process.env), () => JSON.stringify(keeper.report()))
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
        write(note('stopped'));
        resolve(0);
      },
    });
  }).finally(() => {
    keeping.unsubscribe();
    watchdog.unsubscribe();
    control.unsubscribe();
    strays.unsubscribe();
  });
};
