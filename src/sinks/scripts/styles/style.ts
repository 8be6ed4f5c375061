import type { Tree } from '../../../model/config.js';
import type { Lease } from '../../../model/lease.js';
import type { Step } from '../../../model/world.js';
import type { LinkJson } from '../../link-json/link-json.js';
import type { Environment } from '../environment.js';
import type { Judge } from '../judge.js';

/** A directory whose scripts an event runs. */
export interface Run {
  /** below the paths of the tree; empty: these themselves */
  readonly directory: string;
  readonly args: readonly string[];
}

/** What can be said of an event's link when the event's turn comes. */
export interface Facts {
  /** the event's; undefined: it is of none, or nothing can be had of it */
  readonly link: LinkJson | undefined;
  /** systemd-networkd's lease of IPv4: it is written down before the World hears of it */
  readonly lease4: Lease | undefined;
}

/** What variables are made of. */
export interface Given extends Facts {
  readonly step: Step;
}

/** The conventions of a program whose scripts are run unchanged. */
export interface Style {
  /** where the program itself looks, the first precedes */
  readonly paths: readonly string[];
  /** every directory that an event can choose */
  readonly directories: readonly string[];
  /** what an event runs, in its order; nothing: the program does not know such events */
  readonly runsOf: (step: Step, tree: Tree) => readonly Run[];
  /** the same where it depends on the events before: asked about all of them, in their order */
  readonly createRunsOf?: () => Style['runsOf'];
  readonly judge: Judge;
  /** the whole environment but PATH; absent: our own */
  readonly variables?: (given: Given, run: Run) => Environment;
}
