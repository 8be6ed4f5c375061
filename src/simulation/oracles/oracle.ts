import type { Daemon } from '../simulated-daemon.js';
import type { Happening } from '../happening.js';
import type { Host } from '../host/host.js';
import type { Plan } from '../day-plan.js';

/** What is wrong, for people. */
export type Complain = (what: string) => void;

/** What an oracle can look at besides what happens. */
export interface Scene {
  readonly plan: Plan;
  readonly host: Host;
  readonly daemon: Daemon;
}

/** Watches one simulation. */
export interface Watcher {
  readonly see?: (happening: Happening) => void;
  /** all has been quiet for long: nothing waits, nothing runs */
  readonly quiet?: () => void;
}

/** Something that must always hold. */
export interface Oracle {
  readonly name: string;
  readonly watch: (scene: Scene, complain: Complain) => Watcher;
}
