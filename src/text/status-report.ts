import { addressKey } from '../model/address.js';
import type { States } from '../model/states.js';
import type { PolicyState, TargetState } from '../model/outcome.js';
import type { World } from '../model/world.js';
import { isObject } from '../model/values/unknown.js';
import { choosesLink } from '../world/link-patterns.js';
import { addressesOf, presentLinks } from '../world/links.js';
import { statusLine } from './status-line.js';
import type { Counters, FaultSeen, Run, Running, UnitJob } from '../world/counters.js';
import type { Waiting } from '../world/waiting-events.js';
import type { Totals } from '../world/totals.js';

/** What `status --json` prints. Fields are only ever added. */
export interface StatusReport {
  readonly version: string;
  readonly pid: number;
  /** milliseconds since the epoch */
  readonly started: number;
  readonly status: string;
  /** `last`: what is written is wrong, and the last one that was right is in force; `errors` are for people; `changed`: the keys that the last reload changed */
  readonly configuration: {
    readonly inForce: 'present' | 'last';
    readonly errors: readonly string[];
    readonly changed: readonly string[];
  };
  readonly sources: readonly { readonly name: string; readonly state: string; readonly why: string }[];
  readonly manager: States;
  readonly links: readonly {
    readonly ifindex: number;
    readonly name: string;
    /** does `Links=` choose it? */
    readonly watched: boolean;
    readonly states: States;
    readonly addresses: readonly string[];
  }[];
  readonly leases: readonly {
    readonly link: string;
    readonly client: string;
    readonly family: string;
    readonly addresses: readonly string[];
    /** that are delegated to this host */
    readonly prefixes: readonly string[];
    /** milliseconds since the epoch, or `never` */
    readonly expire: number | 'never';
  }[];
  /** `by`: which broker of this network namespace manages the rules; texts are for people */
  readonly policyRules: Omit<PolicyState, 'kind'>;
  /** of `[Units] Links=`, as far as the daemon knows: those that are to be active, and those that are */
  readonly targets: readonly Omit<TargetState, 'kind'>[];
  /** since when, and of which event */
  readonly running: readonly Running[];
  /** by link, the oldest first */
  readonly waiting: readonly Waiting[];
  /** the newest last */
  readonly lastFaults: readonly FaultSeen[];
  /** the newest last */
  readonly runs: readonly Run[];
  /** of `[[Start]]`, the newest last */
  readonly unitJobs: readonly UnitJob[];
  /** events whose scripts have not ended */
  readonly backlog: number;
  readonly counters: Readonly<Record<'events' | 'scripts' | 'failed' | 'faults', number>>;
  /** what metrics tell of (docs/metrics.md), by labels of which there are few */
  readonly totals: Totals;
}

/** Is this what a daemon says of itself? */
export const isReport = (value: unknown): value is StatusReport =>
  isObject(value) && 'counters' in value && 'runs' in value && 'targets' in value && 'totals' in value;

/** Everything about a moment that somebody could ask for. */
export const statusReport = (
  world: World,
  {
    events,
    scripts,
    failed,
    faults,
    waiting,
    waitingOf,
    running,
    lastFaults,
    runs,
    unitJobs,
    targets,
    policy: { by, wanted, tables, conflicts, failures },
    totals,
  }: Counters,
  { version, pid, started, configuration }: Pick<StatusReport, 'version' | 'pid' | 'started' | 'configuration'>,
): StatusReport => ({
  version,
  pid,
  started,
  status: statusLine(world),
  configuration,
  sources: [...world.progress.sources].map(([name, { is, why }]) => ({ name, state: is, why })),
  manager: world.networkd.manager,
  links: presentLinks(world).map(link => ({
    ifindex: link.ifindex,
    name: link.name,
    watched: choosesLink(world.config?.network.links, link),
    states: world.networkd.states.get(link.ifindex) ?? {},
    addresses: addressesOf(world, link.ifindex).map(addressKey),
  })),
  leases: [...world.leases.bound.values()].map(({ origin, name, lease }) => ({
    link: name,
    client: origin,
    family: lease.family,
    addresses: lease.addresses,
    prefixes: lease.prefixes,
    expire: lease.expire,
  })),
  policyRules: { by, wanted, tables, conflicts, failures },
  targets: targets.map(({ unit, wanted, active, why }) => ({ unit, wanted, active, why })),
  running,
  waiting: waitingOf,
  lastFaults,
  runs,
  unitJobs,
  backlog: waiting,
  counters: { events, scripts, failed, faults },
  totals,
});
