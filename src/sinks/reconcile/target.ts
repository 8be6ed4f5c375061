import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { FaultCode } from '../../model/fault-codes.js';
import type { Fault } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import type { World } from '../../model/world.js';

/** A change to one object of a target. */
export interface Action<Change> {
  /** the change in the target's own terms */
  readonly change: Change;
  /** identifies the object */
  readonly key: string;
  /** what the object becomes; empty if it is withdrawn */
  readonly contents: string;
  /** for people */
  readonly text: string;
  /** it only renews what is already so: not reported, and nobody undid anything */
  readonly isRefresh?: boolean;
  /** the system itself may have removed it: not counted as undone */
  readonly isExcused?: boolean;
}

/** Something that is not ours stands in the way. */
export interface Conflict {
  readonly key: string;
  readonly text: string;
  /** what to do about it; default: the target's usual remedy */
  readonly remedy?: string;
  /** default: the target's usual code */
  readonly code?: FaultCode;
  /** it may resolve itself: reported only once everything has settled */
  readonly mayPass?: boolean;
}

/** How to turn the actual into the desired. */
export interface Plan<Change> {
  /** in the order of application */
  readonly actions: readonly Action<Change>[];
  readonly conflicts: readonly Conflict[];
  /** the contents of each desired object, by key */
  readonly desired: ReadonlyMap<string, string>;
  /** the desired state has just changed, so conflicts that may pass are not reported yet */
  readonly isUnsettled?: boolean;
  /** milliseconds until the next pass in any case */
  readonly rest?: number;
  /** the outcomes once it has been applied. Pure */
  readonly told: (
    done: readonly Action<Change>[],
    failures: readonly Failure<Change>[],
    ours: Ours,
  ) => readonly Outcome[];
}

/** What a pass starts from. */
export interface Situation<Desired, Reached, Actual> {
  readonly desired: Desired;
  /** what the previous pass worked for; undefined for the first */
  readonly previous: Desired | undefined;
  /** milliseconds since the first pass for the present `desired` */
  readonly since: number;
  readonly access: Reached;
  readonly actual: Actual;
  readonly ours: Ours;
}

/** In place of an access: it is not known whether the object was made, or is still there. */
export const UNSURE = '?';

/** Our objects by key: their contents, and the access they were made under ('' for those of an earlier run). */
export type Ours = ReadonlyMap<string, { readonly contents: string; readonly by: string }>;

/** Why an action failed. `isFinal`: retrying is pointless. */
export interface Refused {
  readonly message: string;
  readonly isFinal: boolean;
  /** the object of ours that it was to replace has been withdrawn */
  readonly isGone?: boolean;
  /** nobody answered: it may have been done all the same */
  readonly mayBeDone?: boolean;
  readonly error?: unknown;
}

export interface Failure<Change> {
  /** undefined if the actual state could not be read */
  readonly action?: Action<Change>;
  readonly refused: Refused;
}

/** What is needed to act: a connection to a service, a lock. */
export interface Access {
  /** tells one from the next: what was made under another one may since have been forgotten */
  readonly id: string;
}

/** How a transient failure is retried. */
export interface Retry {
  /** milliseconds to wait after this many consecutive failures; Infinity: until something else happens */
  readonly delay: (times: number) => number;
  /** which consecutive failure is reported; a final one is reported at once */
  readonly tellAt: number;
}

const MAX_PAUSE_MS = 300_000;
/** Retries a transient failure twice, a second apart, then reports it and goes on after 4 s, 8 s … 5 minutes. */
export const patiently: Retry = {
  delay: times => (times <= 2 ? 1000 : Math.min(500 * 2 ** times, MAX_PAUSE_MS)),
  tellAt: 3,
};

/**
 * A part of the system that is kept as the World calls for it; see `reconcile`. Everything not marked "Effect" is pure.
 */
export interface Target<Desired, Reached extends Access, Actual, Change> {
  readonly name: string;
  /** do these two Worlds call for the same? */
  readonly isSameWorld: (a: World, b: World) => boolean;
  /** undefined if not known yet */
  readonly desired: (world: World) => Desired | undefined;
  readonly isSame: (a: Desired, b: Desired) => boolean;
  /** is nothing called for? Then, while nothing is ours either, access is not requested */
  readonly isNothing: (desired: Desired) => boolean;
  /** what an earlier run left: contents by key */
  readonly inherited: (world: World) => ReadonlyMap<string, string>;
  /** coalesces changes in quick succession */
  readonly pace?: MonoTypeOperatorFunction<Desired>;
  /** what to act through; undefined if nothing at present. Effect; never errors, and completes with `desired$` */
  readonly access: (desired$: Observable<Desired>) => Observable<Reached | undefined>;
  /**
   * The actual state, as far as `diff` needs it: emitted once, or not at all if there is nothing to do at present.
   * Stays subscribed until the pass ends, for what must be held meanwhile. Effect
   */
  readonly actual: (access: Reached, desired: Desired, ours: Ours) => Observable<Actual>;
  readonly diff: (situation: Situation<Desired, Reached, Actual>) => Plan<Change>;
  /** a result for each action, in order; undefined: done, or already so. Effect */
  readonly apply: (access: Reached, actions: readonly Action<Change>[]) => Observable<readonly (Refused | undefined)[]>;
  readonly retry: Retry;
  /** what it means that `actual` failed, and how to retry */
  readonly unread: (error: unknown) => { readonly refused: Refused; readonly retry: Retry };
  readonly failed: (failures: readonly Failure<Change>[]) => readonly Fault[];
  readonly conflicting?: (conflicts: readonly Conflict[]) => readonly Fault[];
  /** somebody undid these; the deferred ones are put back later */
  readonly undone?: (actions: readonly Action<Change>[], deferred: readonly Action<Change>[]) => readonly Fault[];
}
