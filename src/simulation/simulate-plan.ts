import type { Extension } from '../extensions/extension.js';
import { CONFIG, createDaemon, type Daemon } from './simulated-daemon.js';
import type { Happening, News } from './happening.js';
import { createHost, type Host } from './host/host.js';
import { addresses } from './oracles/told-addresses.js';
import { dns } from './oracles/dns.js';
import { honest } from './oracles/honest.js';
import { leases } from './oracles/told-leases.js';
import { order } from './oracles/order.js';
import { policy } from './oracles/policy.js';
import { noDefect } from './oracles/no-defect.js';
import { nothingHeld } from './oracles/nothing-held.js';
import { toldStates } from './oracles/told-states.js';
import type { Oracle } from './oracles/oracle.js';
import { restarts } from './oracles/restarts.js';
import { perform } from './perform.js';
import type { Plan } from './day-plan.js';
import { randomness } from './random.js';
import { createClockwork, createTime } from './time.js';
import { virtually } from './virtually.js';

/** What did not hold, and when. */
export interface Violation {
  readonly oracle: string;
  /** milliseconds from the beginning */
  readonly at: number;
  readonly what: string;
}

export interface Simulated {
  /** the first that was seen, and all of the same moment; empty: all held */
  readonly violations: readonly Violation[];
  readonly steps: number;
}

export interface Options {
  readonly oracles?: readonly Oracle[];
  readonly extensions?: readonly Extension[];
  /** sees all that happens */
  readonly see?: (happening: Happening) => void;
}

export const standardOracles: readonly Oracle[] = [
  noDefect,
  nothingHeld,
  toldStates,
  addresses,
  order,
  policy,
  dns,
  honest,
  leases,
];

/** Not among the standard ones yet: seed 2 fails by it, scripts of a lease run after a restart. */
export const oraclesOnTrial: readonly Oracle[] = [restarts];

/** A gap between actions that is at least so long ends quiet. Milliseconds. */
const QUIET_MS = 50_000;
/** So long nothing may have moved of itself before: dhclient renews a lease, or lets go of it, when its time has come. Milliseconds. */
const CALM_MS = 20_000;
/** So long a script waits at most for what lacked when it was to be started. Milliseconds. */
const SCARCITY_MS = 30_000;
/** So long it may take at the end until all is quiet. Milliseconds. */
const LAST_MS = 900_000;

/** Is this what the daemon cannot have done? It moves neither links nor addresses. */
const isOfTheHost = (news: News): boolean =>
  news.kind === 'states' || (news.kind === 'kernel' && ['link', 'address'].includes(news.object.kind));

/** Carries a plan out, in no time, and tells what did not hold. It ends with the first. */
export const simulatePlan = (
  plan: Plan,
  { oracles = standardOracles, extensions = [], see }: Options = {},
): Simulated => {
  const time = createTime();
  const random = randomness(plan.seed);
  const violations: Violation[] = [];
  const watchers: { readonly see?: (happening: Happening) => void; readonly quiet?: () => void }[] = [];
  let moved = 0;
  const tell = (news: News): void => {
    if (isOfTheHost(news)) moved = Math.max(moved, time.now());
    if (news.kind === 'fault' && news.what.startsWith('spawn ')) moved = time.now() + SCARCITY_MS;
    const happening = { at: time.now(), ...news };
    see?.(happening);
    for (const watcher of watchers) watcher.see?.(happening);
  };
  const host: Host = createHost(plan, time, random, tell);
  const daemon: Daemon = createDaemon(host, { extensions });
  host.disk.write(CONFIG, plan.config);
  for (const oracle of oracles)
    watchers.push(
      oracle.watch({ plan, host, daemon }, what => violations.push({ oracle: oracle.name, at: time.now(), what })),
    );
  const isOver = (): boolean => violations.length > 0;
  const rest = (): void => {
    if (daemon.holds().programs === 0 && time.now() - moved >= CALM_MS) for (const { quiet } of watchers) quiet?.();
  };
  const carryOut = (): void => {
    let last = 0;
    for (const action of plan.actions) {
      time.run(action.at, isOver);
      if (isOver()) return;
      if (action.at - last >= QUIET_MS) rest();
      if (isOver()) return;
      last = action.at;
      tell({ kind: 'action', text: action.do });
      perform(host, daemon, action.do);
      if (isOver()) return;
    }
    if (!isOver()) time.run(Math.max(plan.length, last) + LAST_MS, isOver);
    if (!isOver()) rest();
  };
  try {
    virtually(createClockwork(time).scheduler, carryOut);
  } catch (error) {
    violations.push({ oracle: noDefect.name, at: time.now(), what: `thrown: ${String(error)}` });
  }
  return { violations, steps: time.steps() };
};
