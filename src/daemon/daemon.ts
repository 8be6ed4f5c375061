import { dirname, join } from 'node:path';
import { asapScheduler, asyncScheduler, connect, defer, finalize, merge, type Observable, Subject, tap } from 'rxjs';
import { createBroker } from '../broker.js';
import type { Extension } from '../extensions/extension.js';
import { wireExtensions } from '../extensions/wire.js';
import type { Config } from '../model/config.js';
import type { Fault } from '../model/fault.js';
import type { Sink, Source } from '../model/flow.js';
import type { Outcome } from '../model/outcome.js';
import { untilEndOf } from '../operators/until-end-of.js';
import { persist } from './state/persist.js';
import { formatState, parseState } from './state/state-json.js';
import { standardSinks } from '../sinks/standard.js';
import { scriptListingsSource } from '../sinks/scripts/listings-source.js';
import { systemBus } from '../system/bus/bus.js';
import { delegatedGroups } from '../system/processes/cgroups.js';
import { contexts } from '../system/async-contexts.js';
import { createFiles } from '../system/files/files.js';
import { netnsLock } from '../system/netns-lock.js';
import { sleepInhibitor } from '../system/processes/inhibitor.js';
import { createProcesses } from '../system/processes/processes.js';
import { rtnetlink } from '../system/rtnetlink.js';
import { createScriptFiles } from '../system/files/script-files.js';
import type { ServiceManager } from '../system/service-manager.js';
import { bootId, stateFile } from '../system/files/state-file.js';
import { supplying } from '../system/sockets/trace-socket.js';
import { directoryWatch } from '../system/files/watch-directory.js';
import { through } from '../trace/instrument.js';
import { worldOf } from '../world/acted-on.js';
import type { Options } from '../config/options.js';
import type { LogRecord } from '../text/log-records.js';
import { serviceStates } from './status/service-states.js';
import { sourceStates } from './status/source-states.js';
import { standardSources } from './standard-sources.js';
import { statePath } from './state/state-path.js';
import { createTracer, tracePaths } from './tracer.js';

export interface Surroundings {
  readonly options: Options;
  readonly extensions: readonly Extension[];
  /** what else there is to be told */
  readonly more: readonly Source[];
  /** the first of `config$` */
  readonly first: Config;
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
  more,
  first,
  config$,
  stop$,
  write,
  watching,
  manager,
  ready,
}: Surroundings): Observable<Outcome> => {
  const bus = systemBus();
  const files = createFiles();
  const processes = createProcesses(delegatedGroups());
  const boot = bootId();
  const runtime = dirname(statePath(process.env));
  const state = stateFile(statePath(process.env));
  const acted = parseState(state.read(), boot);
  const inputs = standardSources(bus, files);
  const names = inputs.sources.map(({ name }) => name);
  const listings = scriptListingsSource({ files, watch: directoryWatch, scriptDir: options.scriptDirectory });
  const scriptFiles = createScriptFiles(join(runtime, 'script-files'));
  const own = wireExtensions(extensions, contexts);
  const known = worldOf(acted);
  const start = { ...known, progress: { ...known.progress, routesWanted: own.routes } };
  const { lastId } = acted;
  const fault$ = new Subject<Fault>();
  const { ring, socket } = tracePaths(process.env);
  const about = {
    start,
    lastId,
    scriptDir: options.scriptDirectory,
    owners: files.owners,
    extensions: extensions.map(({ name }) => name),
  };
  const tracer = createTracer(ring, about, fault => fault$.next(fault));
  const { recorder } = tracer;
  const scheduler = recorder.scheduler(asyncScheduler, 'wait');
  const lock = netnsLock(runtime, pid =>
    write({
      level: 'warn',
      message: `process ${pid ?? 'unknown'} holds the lock on the policy rules of this network namespace`,
      fields: { kind: 'daemon' },
    }),
  );
  const system = { files, processes, rtnetlink, lock, bus, scriptFiles };
  const sinks: readonly Sink[] = [
    ...standardSinks({
      ...through(recorder.ask, system),
      scriptDir: options.scriptDirectory,
      inhibit$: sleepInhibitor,
      scheduler,
      asapScheduler: recorder.scheduler(asapScheduler, 'soon'),
    }),
    ...watching,
    serviceStates(manager), // before it is told that the daemon is ready
    sourceStates(names, write, ready),
  ];
  const outcome$ = createBroker({
    ...inputs,
    config$: config$.pipe(tap(({ system: { trace } }) => tracer.keep(trace))),
    sources: [...inputs.sources, listings, ...more, ...own.sources],
    stages: own.stages,
    sinks: [...sinks, ...own.sinks],
    start,
    lastId,
    stop$: stop$.pipe(tap(recorder.stopped)),
    onInput: recorder.onInput,
    onTurn: tracer.onTurn,
    scheduler,
  }).pipe(
    persist(acted, next => state.write(formatState(next, boot))),
    connect(told$ => merge(merge(fault$, supplying(socket, tracer.supply)).pipe(untilEndOf(told$)), told$)),
    finalize(tracer.close),
  );
  return merge(
    defer(() => {
      tracer.keep(first.system.trace); // the sinks ask before they are told anything
      return outcome$;
    }),
    processes.warmUp(),
  );
};
