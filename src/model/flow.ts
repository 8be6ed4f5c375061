import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { Config } from './config.js';
import type { Report } from './fault.js';
import type { Input } from './input.js';
import type { Outcome } from './outcome.js';
import type { Step, World } from './world.js';

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
