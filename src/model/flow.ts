import type { MonoTypeOperatorFunction, Observable, OperatorFunction, SchedulerLike, TimestampProvider } from 'rxjs';
import type { Config } from './config.js';
import type { Report } from './fault.js';
import type { Input } from './input.js';
import type { Outcome } from './outcome.js';
import type { Step, Turn, World } from './world.js';

/**
 * A system interface made a stream of Inputs; it begins with a snapshot, after every loss again. `lost$` emits when somebody else has
 * found out that something was lost which was systemd-networkd's.
 */
export interface Source {
  readonly name: string;
  readonly inputs: (config$: Observable<Config>, lost$?: Observable<unknown>) => Observable<Input>;
}

/** The source of links. `drain` synchronously hands on what the kernel has already said. */
export interface KernelSource {
  readonly name: string;
  readonly inputs: (config$: Observable<Config>, subscriptions$: Observable<Subscriptions>) => Observable<Input>;
  readonly drain: () => void;
}

/** What of the kernel's news somebody uses besides links and addresses. */
export interface Subscriptions {
  readonly routes: boolean;
  readonly rules: boolean;
}

export type Stage = MonoTypeOperatorFunction<Step>;

/** `step$`: every event counts, in order. `world$`: only the newest state counts. */
export interface Flow {
  readonly step$: Observable<Step>;
  readonly world$: Observable<World>;
}

/** Acts on the flow. Its stream never errors: what goes wrong is an Outcome or a report. */
export interface Sink {
  readonly name: string;
  readonly consume: (flow: Flow, report: Report) => Observable<Outcome>;
}

/**
 * What `createBroker` makes a flow of.
 *
 * @experimental
 */
export interface Broker {
  /** the configuration, and every later one that is right */
  readonly config$: Observable<Config>;
  readonly kernel: KernelSource;
  readonly sources: readonly Source[];
  /** somebody else's operators, between `debounceLinkState` and the sinks, in this order */
  readonly stages?: readonly { readonly name: string; readonly stage: Stage }[];
  /** those that set the network right before those that run scripts */
  readonly sinks: readonly Sink[];
  /** subscribe to routes and policy rules even without scripts in routes.d and rules.d: stages or sinks use them (costs CPU) */
  readonly routes?: boolean;
  /** what the last run knew and acted on; nothing, unless told otherwise */
  readonly start?: World;
  /** id of its newest event; 0 unless told otherwise */
  readonly lastId?: number;
  /** closes the inputs; the result completes once everything in progress has ended */
  readonly stop$?: Observable<unknown>;
  /** what is looked up because the World changed, the time for instance; in a replay these Inputs come from the trace */
  readonly queries?: readonly OperatorFunction<World, Input>[];
  /** sees every Input in the order in which the World does */
  readonly onInput?: (input: Input, at: number) => void;
  /** sees what each Input made of the World, before stages and sinks do */
  readonly onTurn?: (turn: Turn) => void;
  /** the time by which it waits; a replay's is virtual */
  readonly scheduler?: SchedulerLike;
  /** the wall clock that dates the steps: `scheduler` unless told otherwise; in a replay the trace's */
  readonly clock?: TimestampProvider;
}
