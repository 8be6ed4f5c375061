import type { Fault } from './fault.js';
import type { Step } from './world.js';

/** What a run has used, with all that it started, where it has a cgroup of its own. */
export interface Cost {
  /** milliseconds of CPU time */
  readonly cpu: number;
  /** bytes, at the most; absent where the memory controller is not there */
  readonly memory?: number;
}

/** How a process ended: by itself, by a signal, or never started. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** milliseconds from start to exit */
  readonly duration: number;
  /** bytes of its output that are told nowhere, as there was too much of it */
  readonly cut?: number;
  readonly cost?: Cost;
}

/** An event was taken up by the flow: logged once, before its scripts. */
export interface Seen {
  readonly kind: 'seen';
  readonly step: Step;
}

/** The scripts of an event begin, if it has any: only now may it be called "in progress". */
export interface Began {
  readonly kind: 'began';
  readonly step: Step;
}

export interface ScriptOutput {
  readonly kind: 'script-output';
  readonly script: string;
  readonly step: Step;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

/** A script was started. */
export interface ScriptStarted {
  readonly kind: 'script-started';
  readonly script: string;
  readonly step: Step;
}

/** One script ran. `error`: it could not be started. */
export interface ScriptRan {
  readonly kind: 'script-ran';
  readonly script: string;
  readonly step: Step;
  readonly exit: Exit;
  readonly timedOut: boolean;
  /** how many events of its own link waited for it when its time was over; absent: none, or it was in time */
  readonly behind?: number;
  readonly error?: string;
}

/** An event has started a unit, and its job has ended. */
export interface UnitJobEnded {
  readonly kind: 'unit-job';
  readonly step: Step;
  readonly unit: string;
  /** `start`, `restart`, `try-restart`, `reload-or-restart`, `stop` */
  readonly job: string;
  /** systemd's word (`done`, `failed`, `dependency`, `canceled`, `timeout`, `skipped`); `refused`: there was no job; `running`: it goes on */
  readonly result: string;
  /** milliseconds */
  readonly duration: number;
  readonly error?: string;
}

/** The last script of an event has ended. */
export interface Done {
  readonly kind: 'done';
  readonly step: Step;
}

/** A setting of the system was made or withdrawn: DNS of a link, the host name. */
export interface Applied {
  readonly kind: 'applied';
  /** 0: it belongs to no link */
  readonly ifindex: number;
  /** for people */
  readonly message: string;
  /** what it is now, by a key of its own; empty: withdrawn. The next run withdraws what nothing calls for any more */
  readonly made?: Readonly<Record<string, string>>;
}

/** How a target of `[Units] Links=` is, whenever that is otherwise than before. */
export interface TargetState {
  readonly kind: 'target';
  readonly unit: string;
  /** is it to be active? */
  readonly wanted: boolean;
  /** is it, or is it about to be? */
  readonly active: boolean;
  /** why it is not as wanted, for people; empty: it is, or that is on its way */
  readonly why: string;
}

/** What stands of the rules and routes for one link. */
export interface PolicyTable {
  readonly ifindex: number;
  readonly link: string;
  readonly table: number;
  /** those that have rules, each family's in its order */
  readonly addresses: readonly string[];
  readonly rules: number;
  readonly routes: number;
}

/** How the policy rules are, whenever that is otherwise than before. */
export interface PolicyState {
  readonly kind: 'policy';
  /** which broker of this network namespace manages them; `nobody`: none are configured */
  readonly by: 'this' | 'another' | 'nobody';
  /** how many rules there are to be */
  readonly wanted: number;
  readonly tables: readonly PolicyTable[];
  /** what somebody else's routes keep from its place, for people */
  readonly conflicts: readonly string[];
  /** what the kernel refused and is tried again, for people */
  readonly failures: readonly string[];
}

/** Everything that a sink can tell of what it did. */
export type Outcome =
  | Fault
  | Seen
  | Began
  | ScriptStarted
  | ScriptOutput
  | ScriptRan
  | UnitJobEnded
  | Done
  | Applied
  | TargetState
  | PolicyState;
