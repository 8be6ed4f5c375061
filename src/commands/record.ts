import { asapScheduler, asyncScheduler, concat, NEVER, of, share, take, tap } from 'rxjs';
import { createBroker } from '../broker.js';
import { config$, loadConfig } from '../config/load.js';
import { fault, type Fault, toError } from '../model/fault.js';
import { leaseClock } from '../operators/lease-clock.js';
import { networkdLeases } from '../operators/networkd-leases.js';
import { standardSinks } from '../sinks/standard.js';
import { askNetworkdLeases } from '../sources/ask-networkd-leases.js';
import { dhclientSource } from '../sources/dhclient.js';
import { networkdSource } from '../sources/networkd.js';
import { rtnetlinkSource } from '../sources/rtnetlink.js';
import { scriptListingsSource } from '../sources/script-listings.js';
import { systemBus } from '../system/bus.js';
import { systemClock } from '../system/clock.js';
import { createFiles } from '../system/files.js';
import { netnsLock } from '../system/netns-lock.js';
import { createProcesses } from '../system/processes.js';
import { rtnetlink } from '../system/rtnetlink.js';
import { signals } from '../system/signals.js';
import { createWatch } from '../system/watch.js';
import { directoryWatch } from '../system/watch-directory.js';
import { writeHeader } from '../trace/format.js';
import { createRedactor } from '../trace/redact.js';
import { refused } from '../trace/refused.js';
import { createRecorder } from '../trace/taped.js';
import { through } from '../trace/through.js';
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
  const redact = asked.flags.includes('redact') ? createRedactor().hide : (line: string): string => line;
  const write = (line: string): void => {
    process.stdout.write(`${redact(line)}\n`);
  };
  const recorder = createRecorder({ now: () => performance.now(), write });
  const scheduler = recorder.scheduler(asyncScheduler, 'wait');
  const bus = systemBus();
  const files = createFiles();
  const real = {
    files,
    processes: createProcesses(),
    rtnetlink,
    lock: netnsLock(),
    bus,
    scriptFiles: { hold: () => NEVER },
  };
  const start = emptyWorld;
  const about = { scriptDir: options.scriptDirectory, owners: files.owners, extensions: [] };
  write(writeHeader({ began: systemClock.now(), at: 0, continues: false, start, known: [], ...about }));

  const stop$ = signals('SIGINT', 'SIGTERM').pipe(take(1), tap(recorder.stopped), share());
  const broker$ = createBroker({
    config$: concat(of(first.config), config$(load, signals('SIGHUP'), report)),
    kernel: rtnetlinkSource(rtnetlink),
    sources: [
      networkdSource(bus),
      dhclientSource({ watch: createWatch(), files, clock: systemClock }),
      scriptListingsSource({ files, watch: directoryWatch, scriptDir: options.scriptDirectory }),
    ],
    sinks: standardSinks({
      ...through(recorder.ask, refused(real)),
      scriptDir: options.scriptDirectory,
      scheduler,
      soon: recorder.scheduler(asapScheduler, 'soon'),
    }),
    start,
    asks: [leaseClock(systemClock), networkdLeases(askNetworkdLeases(bus, files, systemClock))],
    stop$,
    tape: recorder.tape,
    scheduler,
  });
  say('recording what happens; scripts are not run, and nothing is changed. Ctrl-C ends the trace.');
  return new Promise(resolve => {
    broker$
      .pipe(
        tap(outcome => {
          if (outcome.kind === 'fault') report(outcome);
        }),
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
