import type { Fault } from './fault.js';
import type { Step } from './world.js';

/** How a process ended: by itself, by a signal, or never started. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** milliseconds from start to exit */
  readonly duration: number;
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
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

/** One script ran. `error`: it could not be started. */
export interface ScriptRan {
  readonly kind: 'script-ran';
  readonly script: string;
  readonly step: Step;
  readonly exit: Exit;
  readonly timedOut: boolean;
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
}

/** Everything that a sink can tell of what it did. */
export type Outcome = Fault | Seen | Began | ScriptOutput | ScriptRan | Done | Applied;
