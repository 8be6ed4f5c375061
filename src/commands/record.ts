import { concat, of, share, take, takeUntil, tap } from 'rxjs';
import { createBroker } from '../broker.js';
import { config$, loadConfig } from '../config/load.js';
import { fault, type Fault, toError } from '../model/fault.js';
import { leaseClock } from '../operators/lease-clock.js';
import { scriptsSink } from '../sinks/scripts.js';
import { dhclientSource } from '../sources/dhclient.js';
import { networkdSource } from '../sources/networkd.js';
import { rtnetlinkSource } from '../sources/rtnetlink.js';
import { scriptListingsSource } from '../sources/script-listings.js';
import { systemBus } from '../system/bus.js';
import { systemClock } from '../system/clock.js';
import { createFiles } from '../system/files.js';
import { rtnetlink } from '../system/rtnetlink.js';
import { signals } from '../system/signals.js';
import { createWatch } from '../system/watch.js';
import { directoryWatch } from '../system/watch-directory.js';
import { writeHeader } from '../trace/format.js';
import { createRedactor } from '../trace/redact.js';
import { createRecorder, refusedProcesses } from '../trace/taped.js';
import { emptyWorld } from '../world/advance.js';
import type { Asked, Options } from './command-line.js';

const say = (text: string): void => {
  process.stderr.write(`network-broker: ${text}\n`);
};

/**
 * Writes a trace of what happens to standard output until SIGINT or SIGTERM. It is a broker of its own beside the daemon,
 * if there is one: it listens to the same sources, and every effect is refused. Resolves to the exit status.
 */
export const record = (options: Options, asked: Asked): Promise<number> => {
  const load = () => loadConfig(options.config);
  const first = load();
  const report = ({ message }: Fault): void => say(message);
  first.faults.forEach(report);
  if (first.config === undefined) {
    say(`not recorded: ${options.config} has errors`);
    return Promise.resolve(1);
  }
  const redact = asked.flags.includes('redact') ? createRedactor() : (line: string): string => line;
  const write = (line: string): void => {
    process.stdout.write(`${redact(line)}\n`);
  };
  const began = performance.now();
  const files = createFiles();
  const recorder = createRecorder(() => performance.now() - began, write);
  const start = emptyWorld;
  write(writeHeader({ began: systemClock.now(), start, scriptDir: options.scriptDirectory, owners: files.owners }));

  const stop$ = signals('SIGINT', 'SIGTERM').pipe(take(1), share());
  const broker$ = createBroker({
    config$: concat(of(first.config), config$(load, signals('SIGHUP'), report)),
    kernel: rtnetlinkSource(rtnetlink),
    sources: [
      networkdSource(systemBus()),
      dhclientSource({ watch: createWatch(), files, clock: systemClock }),
      scriptListingsSource({ files, watch: directoryWatch, scriptDir: options.scriptDirectory }),
    ],
    sinks: [
      scriptsSink({
        files: recorder.files({ ...files, ensureDirectory: () => of(true) }),
        processes: recorder.processes(refusedProcesses),
        scriptDir: options.scriptDirectory,
      }),
    ],
    start,
    asks: [leaseClock(systemClock)],
    stop$,
    tape: recorder.tape,
  });
  say('recording what happens; scripts are not run, and nothing is changed. Ctrl-C ends the trace.');
  return new Promise(resolve => {
    broker$
      .pipe(
        tap(outcome => {
          if (outcome.kind === 'fault') report(outcome);
        }),
        takeUntil(stop$),
      )
      .subscribe({
        error: (defect: unknown) => {
          report(fault('error', 'defect', `a defect ended the recording: ${toError(defect).message}`, defect));
          resolve(1);
        },
        complete: () => resolve(0),
      });
  });
};
