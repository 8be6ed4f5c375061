import type { Address } from './address.js';
import type { Config } from './config.js';
import type { Fault } from './fault.js';
import type { LeaseAction, NetworkEvent, Since } from './event.js';
import type { Input, NetworkdLinkInput } from './input.js';
import type { Lease, LeaseOrigin } from './lease.js';
import type { Link } from './link.js';
import type { States } from './states.js';
import type { SourceState } from './source-state.js';

/** Networkd inputs of an ifindex that the kernel has not told us of; `since` tells one wait from the next. */
export interface Overdue {
  readonly since: number;
  readonly inputs: readonly NetworkdLinkInput[];
}

/** A lease that counts. */
export interface BoundLease {
  readonly origin: LeaseOrigin;
  readonly ifindex: number;
  readonly name: string;
  readonly lease: Lease;
  /** its address went at this moment, milliseconds since the epoch, and what becomes of it is not known yet */
  readonly missingSince: number | undefined;
}

/** A lease, and what became of it. */
export interface LeaseNews extends BoundLease {
  readonly action: LeaseAction;
}

/** What the kernel told: it changes with every message of rtnetlink. */
export interface KernelSlice {
  /** undefined until the first kernel dump */
  readonly links: ReadonlyMap<number, Link> | undefined;
  /** links that went a short while ago: networkd's last words about them may still be on their way */
  readonly departed: ReadonlyMap<number, Link>;
  /** addresses by ifindex, then by `addressKey` */
  readonly addresses: ReadonlyMap<number, ReadonlyMap<string, Address>>;
  /** how many route messages there were of each link (0: of no link); who caches routes caches by this */
  readonly routeChanges: ReadonlyMap<number, number>;
  /** how many messages there were of routes or rules that carry our mark, of rules that name a link's table or are for everything, or that may have been lost: a reconciler looks again */
  readonly ownChanges: number;
}

/** What systemd-networkd told, and of states what is derived from the kernel in its place. */
export interface NetworkdSlice {
  /** the states of each link, systemd-networkd's or derived from the kernel, by ifindex; at start what the last run acted on */
  readonly states: ReadonlyMap<number, States>;
  /** systemd-networkd's own states */
  readonly manager: States;
  /** inputs that wait for the kernel to name their link, by ifindex */
  readonly overdue: ReadonlyMap<number, Overdue>;
  /** number of the newest wait in `linkNameTimeout` */
  readonly lastWait: number;
  /** states whose scripts were running when the last run was killed, by ifindex ('manager' for networkd's own), until they are told again */
  readonly interrupted: ReadonlyMap<number | 'manager', States>;
}

/** The leases of all clients, and the time by which they end: it changes when a lease file, networkd's leases or the clock are read. */
export interface LeasesSlice {
  /** dhclient's leases, held or not, as its files say */
  readonly recorded: readonly Lease[];
  /** the leases that count, by `leaseKey`, the first bound first */
  readonly bound: ReadonlyMap<string, BoundLease>;
  /** the leases that the last run acted on, by `leaseKey`: what `bound` began with */
  readonly acted: ReadonlyMap<string, BoundLease>;
  /** the wall clock when somebody last told it, milliseconds since the epoch */
  readonly now: number;
  /** what became of the leases whose scripts were running when the last run was killed, by `leaseKey`, until it is told again */
  readonly interrupted: ReadonlyMap<string, LeaseNews>;
}

/** How far the broker itself has come, and who wants to be told what: it changes while sources open and close, and seldom else. */
export interface ProgressSlice {
  readonly sources: ReadonlyMap<string, SourceState>;
  /** scripts by directory, of those that decide what is listened to */
  readonly scripts: ReadonlyMap<string, number>;
  /** do stages or sinks want to be told of routes? */
  readonly routesWanted: boolean;
  /** inputs that wait for the first configuration and the first kernel dump, in their order */
  readonly held: readonly Input[];
  /** settings that the last run had made and not withdrawn, by their keys (`Applied`) */
  readonly made: ReadonlyMap<string, string>;
  /** by ifindex; a link that is missing had nothing and has lost nothing */
  readonly since: ReadonlyMap<number, Since>;
}

/** The only memory: everything that came in, folded, in slices of what changes together. Maps are never changed in place. */
export interface World {
  /** what is in force; undefined until the first */
  readonly config: Config | undefined;
  readonly kernel: KernelSlice;
  readonly networkd: NetworkdSlice;
  readonly leases: LeasesSlice;
  readonly progress: ProgressSlice;
}

/** An event and the world it happened in. */
export interface Step {
  readonly id: number;
  /** when the Input that it comes from was taken in, milliseconds since the epoch; of joined events the newest's */
  readonly at: number;
  readonly event: NetworkEvent;
  readonly world: World;
  /** the event that a stage has made this one of, see `derive`: then `id` and `at` are that event's */
  readonly cause?: NetworkEvent;
}

/** What one Input made of the world. */
export interface Turn {
  readonly world: World;
  readonly events: readonly Step[];
  readonly faults: readonly Fault[];
  /** id of the newest event */
  readonly lastId: number;
}
