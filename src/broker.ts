import { asyncScheduler, connect, defer, distinctUntilChanged, map, merge, NEVER, type Observable, type OperatorFunction, ignoreElements, ReplaySubject, scan, type SchedulerLike, share, Subject, takeUntil, tap } from 'rxjs';
import type { Config } from './model/config.js';
import type { Fault, Report } from './model/fault.js';
import type { Subscriptions, KernelSource, Sink, Source, Stage } from './model/flow.js';
import type { Input } from './model/input.js';
import type { Outcome } from './model/outcome.js';
import type { Turn, World } from './model/world.js';
import { flatten } from './operators/flatten.js';
import { forLinks } from './operators/for-links.js';
import { gatherRoutes } from './operators/gather-routes.js';
import { guarded } from './operators/guarded.js';
import { keepAlive } from './operators/keep-alive.js';
import { trampoline } from './operators/trampoline.js';
import { linkNameTimeout } from './operators/link-name-timeout.js';
import { debounceLinkState } from './operators/debounce-link-state.js';
import { advance, begin } from './world/advance.js';
import { subscriptions, sameSubscriptions } from './world/subscriptions.js';

export interface Broker {
  /** the configuration, and every later one that is right */
  readonly config$: Observable<Config>;
  readonly kernel: KernelSource;
  readonly sources: readonly Source[];
  /** somebody else's operators, between `debounceLinkState` and the sinks, in this order */
  readonly stages?: readonly { readonly name: string; readonly stage: Stage }[];
  /** those that set the network right before those that run scripts */
  readonly sinks: readonly Sink[];
  /** subscribe to routes even without scripts in routes.d: stages or sinks use them (costs CPU) */
  readonly routes?: boolean;
  /** what the last run knew and acted on */
  readonly start: World;
  /** id of its newest event; 0 unless told otherwise */
  readonly lastId?: number;
  /** closes the inputs; the result completes when everything that was begun has ended */
  readonly stop$?: Observable<unknown>;
  /** what is looked up because the World changed, the time for instance; in a replay these Inputs come from the trace */
  readonly queries?: readonly OperatorFunction<World, Input>[];
  /** sees every Input in the order in which the World does */
  readonly onInput?: (input: Input) => void;
  /** sees what each Input made of the World, before stages and sinks do */
  readonly onTurn?: (turn: Turn) => void;
  /** the time by which it waits; a replay's is virtual */
  readonly scheduler?: SchedulerLike;
}

/** The whole flow: sources → one World → steps and worlds → sinks. Subscribe once; it runs until `stop$` or unsubscribed. */
export const createBroker = ({ config$, kernel, sources, stages = [], sinks, start, lastId = 0, routes = start.progress.routesWanted, stop$ = NEVER, queries = [], onInput = () => undefined, onTurn = () => undefined, scheduler = asyncScheduler }: Broker): Observable<Outcome> =>
  defer(() => {
    const fault$ = new Subject<Fault>();
    const report: Report = fault => fault$.next(fault);
    const answer$ = new Subject<Input>();                                 // to what the fold made somebody ask
    const tell: Report = fault => answer$.next({ kind: 'fault', fault });
    const lost$ = new Subject<Input>();                                   // to look anew
    const subscriptions$ = new ReplaySubject<Subscriptions>(1);                   // and to be told more, or less, by the kernel

    const input$ = config$.pipe(connect(c$ => merge(
      answer$,
      c$.pipe(map((config): Input => ({ kind: 'config', config }))),     // a reload is an input like any other
      kernel.inputs(c$, subscriptions$).pipe(keepAlive(kernel.name, tell, scheduler)),
      ...sources.map(source => source.inputs(c$, lost$).pipe(keepAlive(source.name, tell, scheduler), tap(kernel.drain))),
    ), { connector: () => new ReplaySubject<Config>(1) }), takeUntil(stop$));   // a source that is opened again asks anew

    const outcome$ = input$.pipe(
      trampoline(),                                                       // an echo cannot overtake the event it answers
      tap(onInput),
      tap(input => input.kind === 'networkd-unheard' && lost$.next(input)),
      scan(advance, begin({ ...start, progress: { ...start.progress, routesWanted: routes } }, lastId)),
      tap(onTurn),
      tap(({ faults }) => faults.forEach(report)),
      connect(turn$ => {
        const world$ = turn$.pipe(map(turn => turn.world));
        const step$ = [forLinks(), debounceLinkState(scheduler), gatherRoutes(scheduler), ...stages.map(({ name, stage }) => guarded(name, stage, report))]
          .reduce((s$, stage) => s$.pipe(stage), turn$.pipe(map(turn => turn.events), flatten()))
          .pipe(share());
        return merge(
          ...sinks.map(sink => sink.consume({ step$, world$ }, report)),
          ...[linkNameTimeout(scheduler), ...queries].map(ask => world$.pipe(ask, tap(input => answer$.next(input)), ignoreElements())),
          world$.pipe(map(subscriptions), distinctUntilChanged(sameSubscriptions), tap(now => subscriptions$.next(now)), ignoreElements()),
        );
      }),
      tap({ finalize: () => fault$.complete() }),
    );
    return merge(fault$, outcome$);
  });
