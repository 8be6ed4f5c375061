import {
  asyncScheduler,
  connect,
  distinctUntilChanged,
  filter,
  map,
  merge,
  NEVER,
  type Observable,
  ReplaySubject,
  scan,
  share,
  takeUntil,
  tap,
  timestamp,
} from 'rxjs';
import type { Broker } from './model/flow.js';
import type { Report } from './model/fault.js';
import type { Input } from './model/input.js';
import type { Outcome } from './model/outcome.js';
import type { Turn, World } from './model/world.js';
import { debounceLinkState } from './operators/steps/debounce-link-state.js';
import { feedback } from './operators/feedback.js';
import { flatten } from './operators/flatten.js';
import { forLinks } from './operators/steps/for-links.js';
import { gatherChanges } from './operators/steps/gather-changes.js';
import { guarded } from './operators/steps/guarded.js';
import { keepAlive } from './operators/keep-alive.js';
import { linkNameTimeout } from './operators/link-name-timeout.js';
import { reporting } from './operators/reporting.js';
import { trampoline } from './operators/trampoline.js';
import { advance, begin, emptyWorld } from './world/advance.js';
import { subscriptions, sameSubscriptions } from './world/subscriptions.js';

/**
 * The whole flow: inputs → one World → steps and worlds → sinks. Subscribe once; it runs until `stop$` or unsubscribed.
 *
 * @experimental
 */
export const createBroker = (broker: Broker): Observable<Outcome> => {
  const { config$, kernel, sources, queries = [], start = emptyWorld, lastId = 0 } = broker;
  const { stages = [], sinks, onInput = () => undefined, onTurn = () => undefined } = broker;
  const { routes = start.progress.routesWanted, stop$ = NEVER, scheduler = asyncScheduler, clock = scheduler } = broker;

  /** What is told, and what is answered because of the World that it made. */
  const inputs = (world$: Observable<World>): Observable<Input> => {
    const answer$ = merge(...[linkNameTimeout(scheduler), ...queries].map(query => world$.pipe(query))).pipe(share());
    const lost$ = answer$.pipe(filter(({ kind }) => kind === 'networkd-unheard'));
    const subscriptions$ = world$.pipe(map(subscriptions), distinctUntilChanged(sameSubscriptions));
    return config$.pipe(
      connect(
        c$ =>
          merge(
            answer$,
            c$.pipe(map((config): Input => ({ kind: 'config', config }))), // a reload is an input like any other
            kernel.inputs(c$, subscriptions$).pipe(keepAlive(kernel.name, scheduler)),
            ...sources.map(source =>
              source.inputs(c$, lost$).pipe(keepAlive(source.name, scheduler), tap(kernel.drain)),
            ),
          ),
        { connector: () => new ReplaySubject(1) }, // a source that is reopened needs it again
      ),
      takeUntil(stop$),
    );
  };

  /** What is done about each event, and about what is so. */
  const outputs = (turn$: Observable<Turn>, world$: Observable<World>, report: Report): Observable<Outcome> => {
    const own$ = turn$.pipe(
      map(turn => turn.events),
      flatten(),
      forLinks(),
      debounceLinkState(scheduler),
      gatherChanges(scheduler),
    );
    const step$ = stages.reduce((s$, { name, stage }) => s$.pipe(guarded(name, stage, report)), own$).pipe(share());
    return merge(...sinks.map(sink => sink.consume({ step$, world$ }, report)));
  };

  return reporting((report: Report) =>
    feedback<World, Outcome>((world$, back) =>
      inputs(world$).pipe(
        trampoline(), // an echo cannot overtake the event it answers
        timestamp(clock),
        tap(({ value, timestamp: at }) => onInput(value, at)),
        scan(
          (turn, { value, timestamp: at }) => advance(turn, value, at),
          begin({ ...start, progress: { ...start.progress, routesWanted: routes } }, lastId),
        ),
        tap(onTurn),
        tap(({ faults }) => faults.forEach(report)),
        connect(turn$ => {
          const now$ = turn$.pipe(map(turn => turn.world));
          return merge(outputs(turn$, now$, report), now$.pipe(back));
        }),
      ),
    ),
  );
};
