import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { FaultCode } from '../../model/fault-codes.js';
import type { Fault } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import type { World } from '../../model/world.js';

/** One thing to do to one object of a target. */
export interface Action<Change> {
  /** what it takes, in the target's own terms */
  readonly change: Change;
  /** which object it is about */
  readonly key: string;
  /** what the object becomes; empty: it goes */
  readonly contents: string;
  /** for people */
  readonly text: string;
  /** it only says again what is so already: no news, and nobody undid anything */
  readonly isRefresh?: boolean;
  /** the system itself may have removed it: nobody is to blame */
  readonly isExcused?: boolean;
}

/** Something of somebody else's lies where ours should. */
export interface Conflict {
  readonly key: string;
  readonly text: string;
  /** what may be done about it; unset: the usual */
  readonly remedy?: string;
  /** unset: the target's usual one */
  readonly code?: FaultCode;
  /** it may just be on its way to be otherwise: told once all has settled */
  readonly mayPass?: boolean;
}

/** What makes the actual into the desired. */
export interface Plan<Change> {
  /** in the order in which they are to be done */
  readonly actions: readonly Action<Change>[];
  readonly conflicts: readonly Conflict[];
  /** what there should be, by key: its contents */
  readonly desired: ReadonlyMap<string, string>;
  /** what was called for has changed just now, so what may pass is not told yet */
  readonly isUnsettled?: boolean;
  /** milliseconds after which there is to be another look in any case */
  readonly rest?: number;
  /** what is told when it was carried out. Pure */
  readonly told: (
    done: readonly Action<Change>[],
    failures: readonly Failure<Change>[],
    ours: Ours,
  ) => readonly Outcome[];
}

/** What a pass knows. */
export interface Situation<Desired, Reached, Actual> {
  readonly desired: Desired;
  /** what was called for at the pass before; undefined: this is the first */
  readonly previous: Desired | undefined;
  /** milliseconds since the first pass for what is called for now */
  readonly since: number;
  readonly access: Reached;
  readonly actual: Actual;
  readonly ours: Ours;
}

/** What is ours, by key: its contents, and under which access it was made; '' is an earlier run's. */
export type Ours = ReadonlyMap<string, { readonly contents: string; readonly by: string }>;

/** Why an action was not done. `isFinal`: trying the same again is of no use. */
export interface Refused {
  readonly message: string;
  readonly isFinal: boolean;
  /** what was there of ours, in whose place it was to come, was withdrawn */
  readonly isGone?: boolean;
  readonly error?: unknown;
}

export interface Failure<Change> {
  /** undefined: what there is could not be read */
  readonly action?: Action<Change>;
  readonly refused: Refused;
}

/** What it takes to act: a connection to somebody, a lock. */
export interface Access {
  /** tells one from the next: what was made under another one may have been forgotten since */
  readonly id: string;
}

/** How a failure that may pass is tried again. */
export interface Retry {
  /** milliseconds to wait after so many failures in a row; Infinity: until something else happens */
  readonly delay: (times: number) => number;
  /** the failure in a row that is told; one that is final is told at once */
  readonly tellAt: number;
}

const MAX_PAUSE_MS = 300_000;
/** A failure that may pass is tried again twice, a second apart, then told; from then on after 4 s, 8 s … 5 minutes. */
export const patiently: Retry = {
  delay: times => (times <= 2 ? 1000 : Math.min(500 * 2 ** times, MAX_PAUSE_MS)),
  tellAt: 3,
};

/** A part of the system that is kept as the World calls for it; see `reconcile`. What is no "Effect" is pure. */
export interface Target<Desired, Reached extends Access, Actual, Change> {
  readonly name: string;
  /** is there nothing in these two Worlds that makes a difference? */
  readonly isSameWorld: (a: World, b: World) => boolean;
  /** undefined: not known yet */
  readonly desired: (world: World) => Desired | undefined;
  readonly isSame: (a: Desired, b: Desired) => boolean;
  /** is nothing called for? While nothing is ours either, nobody is asked for access */
  readonly isNothing: (desired: Desired) => boolean;
  /** what an earlier run has left, by key: its contents */
  readonly inherited: (world: World) => ReadonlyMap<string, string>;
  /** joins what comes in quick succession */
  readonly pace?: MonoTypeOperatorFunction<Desired>;
  /** who can be asked; undefined: nobody at present. Effect; never errs, and ends when `desired$` does */
  readonly access: (desired$: Observable<Desired>) => Observable<Reached | undefined>;
  /**
   * What there is, as far as `diff` looks at it; once, or not at all if there is nothing to be done at present. It stays
   * subscribed to until the pass is over, for what has to be held meanwhile. Effect
   */
  readonly actual: (access: Reached, desired: Desired, ours: Ours) => Observable<Actual>;
  readonly diff: (situation: Situation<Desired, Reached, Actual>) => Plan<Change>;
  /** a result for each action, in their order; undefined: done, or so already. Effect */
  readonly apply: (access: Reached, actions: readonly Action<Change>[]) => Observable<readonly (Refused | undefined)[]>;
  readonly retry: Retry;
  /** that `actual` failed: what it means, and how it is tried again */
  readonly unread: (error: unknown) => { readonly refused: Refused; readonly retry: Retry };
  readonly failed: (failures: readonly Failure<Change>[]) => readonly Fault[];
  readonly conflicting?: (conflicts: readonly Conflict[]) => readonly Fault[];
  /** somebody undid these; those that are deferred are put back later */
  readonly undone?: (actions: readonly Action<Change>[], deferred: readonly Action<Change>[]) => readonly Fault[];
}
