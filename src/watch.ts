import { concat, defer, EMPTY, filter, ignoreElements, map, merge, NEVER, Observable, of, share, tap } from 'rxjs';
import { createBroker } from './broker.js';
import { configure } from './config/configure.js';
import { standardSources } from './daemon/standard-sources.js';
import type { NetworkEvent } from './model/event.js';
import type { Broker, Sink } from './model/flow.js';
import type { Outcome } from './model/outcome.js';
import type { Step, World } from './model/world.js';
import { rtnetlinkSource } from './sources/kernel/source.js';
import { tableNames } from './daemon/table-names.js';
import { systemBus } from './system/bus/bus.js';
import { createFiles } from './system/files/files.js';
import { rtnetlink } from './system/rtnetlink.js';

/** The flow of one broker, which runs while at least one of the streams is subscribed to. None of them errs or ends. */
export interface Network {
  /** every event in its order, of the links that the configuration chooses */
  readonly event$: Observable<NetworkEvent>;
  /** the events with their ids and worlds */
  readonly step$: Observable<Step>;
  /** the newest World at once, if there is one, and every one that follows */
  readonly world$: Observable<World>;
  /** faults, and what the sinks that were given tell */
  readonly outcome$: Observable<Outcome>;
}

/** States come from the kernel where systemd-networkd does not run. */
const watched = configure({ system: { generator: ['systemd-networkd', 'rtnetlink'] } });

type Told = { readonly step: Step } | { readonly world: World } | { readonly outcome: Outcome };

/**
 * The network of this host for programs that embed the pipeline: no configuration file, no log, nothing is written and
 * nothing is changed. Any part of the broker can be replaced; unless told otherwise it listens to the kernel and to
 * systemd-networkd (and to dhclient, if `config$` says so), and has no sinks. The states of all links at the start are the first
 * events. All that subscribe share one broker: who comes later is told of what happens from then on, and `world$` of what is so.
 *
 * @example
 * watchNetwork().event$.pipe(filter(isAddress)).subscribe(({ name, action }) => console.log(name, action));
 */
export const watchNetwork = (parts: Partial<Broker> = {}): Network => {
  let newest: World | undefined;
  const told$ = new Observable<Told>(out => {
    out.add(() => (newest = undefined));
    const tell: Sink = {
      name: 'watch',
      consume: ({ step$, world$ }) =>
        merge(
          world$.pipe(
            tap(world => {
              newest = world;
              out.next({ world });
            }),
          ),
          step$.pipe(tap(step => out.next({ step }))),
        ).pipe(ignoreElements()),
    };
    const outcome$ = createBroker({
      config$: concat(of(watched), NEVER),
      ...(parts.sources === undefined
        ? standardSources(systemBus(), createFiles())
        : { kernel: rtnetlinkSource(rtnetlink, tableNames(createFiles())), sources: parts.sources }),
      ...parts,
      sinks: [tell, ...(parts.sinks ?? [])],
    });
    return outcome$.pipe(map(outcome => ({ outcome }))).subscribe(out);
  });
  const shared$ = told$.pipe(share());

  const step$ = shared$.pipe(
    filter(told => 'step' in told),
    map(({ step }) => step),
  );
  const known$ = defer(() => (newest === undefined ? EMPTY : of(newest)));
  return {
    step$,
    event$: step$.pipe(map(({ event }) => event)),
    world$: merge(
      known$,
      shared$.pipe(
        filter(told => 'world' in told),
        map(({ world }) => world),
      ),
    ),
    outcome$: shared$.pipe(
      filter(told => 'outcome' in told),
      map(({ outcome }) => outcome),
    ),
  };
};
