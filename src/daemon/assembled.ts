import { connect, defer, finalize, merge, type Observable, type SchedulerLike, Subject, tap } from 'rxjs';
import { createBroker } from '../broker.js';
import type { Extension } from '../extensions/extension.js';
import { wireExtensions } from '../extensions/wire.js';
import type { Config } from '../model/config.js';
import type { Contexts } from '../model/contexts.js';
import type { Fault, Report } from '../model/fault.js';
import type { Sink, Source } from '../model/flow.js';
import type { Outcome } from '../model/outcome.js';
import { untilEndOf } from '../operators/until-end-of.js';
import { scriptListingsSource } from '../sinks/scripts/listings-source.js';
import { standardSinks, type System } from '../sinks/standard.js';
import type { DirectoryWatch } from '../system/files/watch-directory.js';
import type { StateFile } from '../system/files/state-file.js';
import type { ServiceManager } from '../system/service-manager.js';
import type { LogRecord } from '../text/log-records.js';
import { through } from '../trace/instrument.js';
import { worldOf } from '../world/acted-on.js';
import { type Heard, sourcesOn } from './sources-on.js';
import { keepState } from './state/keep-state.js';
import { persist } from './state/persist.js';
import { parseState } from './state/state-json.js';
import { serviceStates } from './status/service-states.js';
import { sourceStates } from './status/source-states.js';
import type { About, Tracer } from './tracer.js';

/** All that a daemon stands on: a host, real or not. */
export interface Machine extends System, Heard {
  readonly directories: DirectoryWatch;
  readonly state: StateFile;
  /** tells one boot from the next */
  readonly boot: string;
  readonly inhibit$: Observable<never>;
  /** for what must run next, before anything else happens */
  readonly asapScheduler: SchedulerLike;
  readonly contexts: Contexts;
  readonly tracer: (about: About, report: Report) => Tracer;
  /** hands the trace to whoever wants it */
  readonly supply: (tracer: Tracer) => Observable<Fault>;
}

/** What a daemon is told, and who is told by it. */
export interface Employment {
  readonly scriptDirectory: string;
  readonly extensions: readonly Extension[];
  /** further sources */
  readonly more: readonly Source[];
  /** the first of `config$` */
  readonly first: Config;
  readonly config$: Observable<Config>;
  readonly stop$: Observable<unknown>;
  readonly write: (record: LogRecord) => void;
  /** sinks that only observe */
  readonly watching: readonly Sink[];
  readonly manager: Pick<ServiceManager, 'status'>;
  /** called once, when every source serves or waits */
  readonly ready: () => void;
}

const elsewhere: LogRecord = {
  level: 'info',
  message:
    "this network namespace is not the host's: systemd-networkd and systemd-resolved, which know the host's links, are neither listened to nor told (UseDNS=, UseDomain=)",
  fields: { kind: 'daemon' },
};

/** The broker with all that makes a daemon of it, on a host. */
export const assembled = (
  machine: Machine,
  { scriptDirectory, extensions, more, first, config$, stop$, write, watching, manager, ready }: Employment,
): Observable<Outcome> => {
  const { files, directories, state, boot, contexts, scheduler: clockwork } = machine;
  const acted = parseState(state.read(), boot);
  const inputs = sourcesOn(machine);
  const names = inputs.sources.map(({ name }) => name);
  const listings = scriptListingsSource({
    files,
    watch: directories,
    scriptDir: scriptDirectory,
    scheduler: clockwork,
  });
  const own = wireExtensions(extensions, contexts);
  const known = worldOf(acted);
  const start = { ...known, progress: { ...known.progress, routesWanted: own.routes } };
  const { lastId } = acted;
  const fault$ = new Subject<Fault>();
  const about = {
    start,
    lastId,
    scriptDir: scriptDirectory,
    owners: files.owners,
    extensions: extensions.map(({ name }) => name),
    ...(own.stages.length > 0 && { staged: true as const }),
  };
  const tracer = machine.tracer(about, fault => fault$.next(fault));
  const { recorder } = tracer;
  const scheduler = recorder.scheduler(clockwork, 'wait');
  const standard = standardSinks({
    ...through(recorder.ask, machine),
    scriptDir: scriptDirectory,
    inhibit$: machine.inhibit$,
    scheduler,
    asapScheduler: recorder.scheduler(machine.asapScheduler, 'soon'),
  });
  if (machine.isHostNetwork === false) write(elsewhere);
  const sinks: readonly Sink[] = [
    ...standard.filter(({ name }) => name !== 'dns' || machine.isHostNetwork !== false),
    ...watching,
    serviceStates(manager, clockwork), // before the manager hears that the daemon is ready
    sourceStates(names, write, ready),
  ];
  const outcome$ = createBroker({
    ...inputs,
    config$: config$.pipe(tap(({ system: { trace } }) => tracer.keep(trace))),
    sources: [...inputs.sources, listings, ...more, ...own.sources],
    stages: own.stages.length === 0 ? [] : [...own.stages, { name: 'trace', stage: recorder.stage }],
    sinks: [...sinks, ...own.sinks],
    start,
    lastId,
    stop$: stop$.pipe(tap(recorder.stopped)),
    onInput: recorder.onInput,
    onTurn: tracer.onTurn,
    scheduler,
  }).pipe(
    persist(acted, keepState(state, boot), state.quiet$, clockwork),
    connect(told$ => merge(merge(fault$, machine.supply(tracer)).pipe(untilEndOf(told$)), told$)),
    finalize(tracer.close),
  );
  return defer(() => {
    tracer.keep(first.system.trace); // the sinks ask before anything is emitted
    return outcome$;
  });
};
