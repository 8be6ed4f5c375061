import type { Address } from './address.js';
import type { Config } from './config.js';
import type { Fault } from './fault.js';
import type { Lease } from './lease.js';
import type { Link } from './link.js';
import type { States } from './states.js';
import type { RouteChange } from './route/route.js';
import type { RuleChange } from './route/rule.js';
import type { SourceState } from './source-state.js';

export interface ConfigInput {
  readonly kind: 'config';
  readonly config: Config;
}

/** All links and addresses there are. What is missing from it is gone. */
export interface KernelDumpInput {
  readonly kind: 'kernel-dump';
  readonly links: readonly Link[];
  readonly addresses: readonly Address[];
  /** messages were lost before this dump: what is not in it, routes and rules, may have changed unseen */
  readonly afterLoss: boolean;
}

/** One thing the kernel told, in its order. A route that belongs to no link, or to several, has ifindex 0. */
export type KernelChange =
  | { readonly what: 'link'; readonly link: Link }
  | { readonly what: 'link-gone'; readonly ifindex: number }
  | { readonly what: 'address'; readonly address: Address }
  | { readonly what: 'address-gone'; readonly address: Address }
  | {
      readonly what: 'route';
      readonly ifindex: number;
      readonly table?: number;
      readonly change: RouteChange;
      readonly ours: boolean;
    }
  | {
      readonly what: 'rule';
      readonly ours: boolean;
      readonly change: RuleChange;
      readonly table?: number;
      readonly isGeneral?: boolean;
    };

/** What the kernel told in one go. */
export interface KernelInput {
  readonly kind: 'kernel';
  readonly changes: readonly KernelChange[];
}

/** How many scripts a script directory holds, for those directories that decide what is listened to. */
export interface ListingInput {
  readonly kind: 'listing';
  readonly directory: string;
  readonly scripts: number;
}

/** The present states of networkd and of all its links. What is missing from it is gone. */
export interface NetworkdSnapshotInput {
  readonly kind: 'networkd-snapshot';
  readonly manager: States;
  readonly links: ReadonlyMap<number, States>;
  /** these are the states from before this daemon started; absent: networkd came later, or was heard before */
  readonly atStart?: true;
}

/** networkd said that these properties of a link are now so. */
export interface NetworkdLinkInput {
  readonly kind: 'networkd-link';
  readonly ifindex: number;
  readonly changed: States;
}

export interface NetworkdManagerInput {
  readonly kind: 'networkd-manager';
  readonly changed: States;
}

/** States of a link (its ifindex), or of networkd itself, that it has written down and was not heard to say. */
export interface Unheard {
  readonly about: number | 'manager';
  readonly written: States;
  /** what it was heard to say of the same properties; empty: it never spoke of that link */
  readonly heard: States;
}

/** The bus has lost signals of networkd, which is queried again. */
export interface NetworkdUnheardInput {
  readonly kind: 'networkd-unheard';
  readonly unheard: readonly Unheard[];
}

export interface SourceInput {
  readonly kind: 'source';
  readonly name: string;
  readonly state: SourceState;
}

/** Something went wrong in a source that goes on. */
export interface FaultInput {
  readonly kind: 'fault';
  readonly fault: Fault;
}

/** The wait for the kernel to name this link is over. */
export interface LinkOverdueInput {
  readonly kind: 'link-overdue';
  readonly ifindex: number;
  readonly since: number;
}

/** dhclient's leases as all its files say now. */
export interface LeasesInput {
  readonly kind: 'leases';
  readonly leases: readonly Lease[];
  /** the wall clock when they were read, milliseconds since the epoch */
  readonly now: number;
}

/** The leases that systemd-networkd holds for one link; a family that is missing has none. */
export interface NetworkdLeasesInput {
  readonly kind: 'networkd-leases';
  readonly ifindex: number;
  readonly leases: readonly Lease[];
  /** the wall clock, milliseconds since the epoch */
  readonly now: number;
}

/** The wall clock, when the World asked for it. */
export interface ClockInput {
  readonly kind: 'clock';
  readonly now: number;
}

/** systemd-logind said that the computer is about to sleep, or that it has slept. */
export interface SleepInput {
  readonly kind: 'sleep';
  readonly action: 'suspend' | 'resume';
}

/** What an extension's own source said. */
export interface ExtensionInput {
  readonly kind: 'extension';
  readonly extension: string;
  /** 0: of no link */
  readonly ifindex: number;
  readonly payload: unknown;
}

/** Everything that comes in from outside. */
export type Input =
  | ConfigInput
  | KernelDumpInput
  | KernelInput
  | ListingInput
  | NetworkdSnapshotInput
  | NetworkdLinkInput
  | NetworkdManagerInput
  | NetworkdUnheardInput
  | SourceInput
  | LinkOverdueInput
  | LeasesInput
  | NetworkdLeasesInput
  | ClockInput
  | SleepInput
  | ExtensionInput
  | FaultInput;
