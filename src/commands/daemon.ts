import { dirname, join } from 'node:path';
import { merge, type Observable } from 'rxjs';
import { createBroker } from '../broker.js';
import type { Extension } from '../extensions/extension.js';
import { wireExtensions } from '../extensions/wire.js';
import type { Config } from '../model/config.js';
import type { Sink } from '../model/flow.js';
import type { Outcome } from '../model/outcome.js';
import { leaseClock } from '../operators/lease-clock.js';
import { networkdLeases } from '../operators/networkd-leases.js';
import { remember } from '../operators/remember.js';
import { formatState, parseState } from '../parsers/state-json.js';
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
import { createScriptFiles } from '../system/script-files.js';
import type { ServiceManager } from '../system/service-manager.js';
import { bootId, stateFile } from '../system/state-file.js';
import { directoryWatch } from '../system/watch-directory.js';
import { createWatch } from '../system/watch.js';
import { worldOf } from '../world/acted.js';
import type { Options } from './command-line.js';
import type { LogRecord } from './describe.js';
import { serviceStates } from './service-states.js';
import { sourceStates } from './source-states.js';
import { statePath } from './state-path.js';

export interface Surroundings {
  readonly options: Options;
  readonly extensions: readonly Extension[];
  readonly config$: Observable<Config>;
  readonly stop$: Observable<unknown>;
  readonly write: (record: LogRecord) => void;
  /** who only wants to see what happens */
  readonly watching: readonly Sink[];
  readonly manager: ServiceManager;
  /** called once, when every source serves or waits */
  readonly ready: () => void;
}

/** The broker with the real system around it. */
export const daemon = ({
  options,
  extensions,
  config$,
  stop$,
  write,
  watching,
  manager,
  ready,
}: Surroundings): Observable<Outcome> => {
  const bus = systemBus();
  const files = createFiles();
  const processes = createProcesses();
  const boot = bootId();
  const state = stateFile(statePath(process.env));
  const acted = parseState(state.read(), boot);
  const sources = [networkdSource(bus), dhclientSource({ watch: createWatch(), files, clock: systemClock })];
  const names = sources.map(({ name }) => name);
  const listings = scriptListingsSource({ files, watch: directoryWatch, scriptDir: options.scriptDirectory });
  const scriptFiles = createScriptFiles(join(dirname(statePath(process.env)), 'script-files'));
  const system = { files, processes, rtnetlink, lock: netnsLock(), bus, scriptFiles };
  const sinks: readonly Sink[] = [
    ...standardSinks({ ...system, scriptDir: options.scriptDirectory }),
    ...watching,
    serviceStates(manager), // before it is told that the daemon is ready
    sourceStates(names, write, ready),
  ];
  const own = wireExtensions(extensions);
  const outcome$ = createBroker({
    config$,
    kernel: rtnetlinkSource(rtnetlink),
    sources: [...sources, listings, ...own.sources],
    stages: own.stages,
    sinks: [...sinks, ...own.sinks],
    start: worldOf(acted),
    asks: [leaseClock(systemClock), networkdLeases(askNetworkdLeases(bus, files, systemClock))],
    stop$,
  });
  return merge(outcome$.pipe(remember(acted, next => state.write(formatState(next, boot)))), processes.warmUp());
};
