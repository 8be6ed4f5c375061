import { dirname } from 'node:path';
import { asapScheduler, asyncScheduler, concat, NEVER, of, share, take, tap } from 'rxjs';
import { createBroker } from '../broker.js';
import { reloads, loadConfig } from './load-config.js';
import { fault, type Fault, toError } from '../model/fault.js';
import { standardSinks } from '../sinks/standard.js';
import { scriptListingsSource } from '../sinks/scripts/listings-source.js';
import { systemBus } from '../system/bus/bus.js';
import { systemClock } from '../system/clock.js';
import { createFiles } from '../system/files/files.js';
import { netnsLock } from '../system/netns-lock.js';
import { posixProcesses } from '../system/processes/by-posix-spawn.js';
import { rtnetlink } from '../system/rtnetlink.js';
import { signals } from '../system/signals.js';
import { directoryWatch } from '../system/files/watch-directory.js';
import { writeHeader } from '../trace/format.js';
import { refused } from '../trace/dry-run.js';
import { createRecorder } from '../trace/recorder.js';
import { through } from '../trace/instrument.js';
import { emptyWorld } from '../world/advance.js';
import type { Options } from '../config/options.js';
import { say } from '../system/say.js';
import { standardSources } from './standard-sources.js';
import { statePath } from './state/state-path.js';

/**
 * Records live until SIGINT or SIGTERM, where there is no daemon: a broker of its own listens to the same sources and
 * asks the same questions, and every effect is refused. Resolves to the exit status.
 *
 * @param write takes a line, without its end
 */
export const recordOwn = (options: Options, write: (line: string) => void): Promise<number> => {
  const load = () => loadConfig(options.config);
  const first = load();
  const report = ({ message }: Fault): void => say(message);
  first.faults.forEach(report);
  if (first.config === undefined) {
    say(`not recorded: ${options.config} has errors`);
    return Promise.resolve(1);
  }
  const recorder = createRecorder({ now: () => performance.now(), write });
  const scheduler = recorder.scheduler(asyncScheduler, 'wait');
  const bus = systemBus();
  const files = createFiles();
  const real = {
    files,
    processes: posixProcesses(),
    rtnetlink,
    lock: netnsLock(dirname(statePath(process.env))),
    bus,
    scriptFiles: { hold: () => NEVER },
    linkFiles: { names: () => NEVER, write: () => NEVER, remove: () => NEVER },
  };
  const start = emptyWorld;
  const about = { scriptDir: options.scriptDirectory, owners: files.owners, extensions: [] };
  write(writeHeader({ began: systemClock.now(), at: 0, continues: false, start, lastId: 0, known: [], ...about }));

  const stop$ = signals('SIGINT', 'SIGTERM').pipe(take(1), tap(recorder.stopped), share());
  const inputs = standardSources(bus, files);
  const broker$ = createBroker({
    config$: concat(of(first.config), reloads(first, load, signals('SIGHUP'), report)),
    ...inputs,
    sources: [
      ...inputs.sources,
      scriptListingsSource({ files, watch: directoryWatch, scriptDir: options.scriptDirectory }),
    ],
    sinks: standardSinks({
      ...through(recorder.ask, refused(real)),
      scriptDir: options.scriptDirectory,
      scheduler,
      asapScheduler: recorder.scheduler(asapScheduler, 'soon'),
    }),
    start,
    stop$,
    onInput: recorder.onInput,
    scheduler,
  });
  say('no daemon is running: recording live until Ctrl-C; no scripts are run and nothing is changed');
  return new Promise(resolve => {
    broker$
      .pipe(
        tap(outcome => {
          if (outcome.kind === 'fault') report(outcome);
        }),
      )
      .subscribe({
        error: (defect: unknown) => {
          report(fault('defect', `a defect ended the recording: ${toError(defect).message}`, defect));
          resolve(1);
        },
        complete: () => resolve(0),
      });
  });
};
