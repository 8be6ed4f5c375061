import type { Address } from './address.js';
import type { Lease, LeaseOrigin } from './lease.js';
import type { States } from './states.js';
import type { RouteChange } from './route/route.js';
import type { RuleChange } from './route/rule.js';

/** What a link had when its states were last told, and what of it has gone since, whether it came back or not. */
export interface Since {
  /** keys (`addressKey`) of the addresses that it had then */
  readonly had: ReadonlyMap<string, unknown>;
  /** the carrier went */
  readonly carrier: boolean;
  /** keys of addresses that it had then and that went; temporary ones of IPv6 do not count */
  readonly went: ReadonlyMap<string, unknown>;
  /** a lease went */
  readonly lease: boolean;
}

/** Properties of a link changed in one signal; `previous` holds the values they had when last passed on. */
export interface LinkStateEvent {
  readonly kind: 'link-state';
  readonly ifindex: number;
  /** empty if the kernel never named it */
  readonly name: string;
  readonly changed: States;
  readonly previous: States;
  /** it was in progress when the daemon was killed */
  readonly rerun: boolean;
  /** absent: it became so; else it was so already when the daemon started */
  readonly atStart?: true;
  /** what it has lost since its states were last told; absent: it had nothing to lose */
  readonly since?: Since;
}

/** Properties of networkd's manager changed. */
export interface ManagerStateEvent {
  readonly kind: 'manager-state';
  readonly changed: States;
  readonly previous: States;
  readonly rerun: boolean;
}

/** A link came, went or got another name. */
export interface LinkEvent {
  readonly kind: 'link';
  readonly action: 'added' | 'removed' | 'renamed';
  readonly ifindex: number;
  readonly name: string;
  /** the name before, if it was renamed; else empty */
  readonly oldName: string;
}

/** What became of an address. */
export interface AddressChange {
  readonly action: 'added' | 'changed' | 'removed';
  readonly address: Address;
}

/** An address of a link came (usable), went, or changed in more than its lifetimes. */
export interface AddressEvent extends AddressChange {
  readonly kind: 'address';
  readonly ifindex: number;
  readonly name: string;
  /** changes before this one whose events were joined into it, the oldest first: `addressChanges` gives all */
  readonly earlier?: readonly AddressChange[];
}

/** Routes of a link (ifindex 0: of no link, or of several) came, changed or went. */
export interface RouteEvent {
  readonly kind: 'route';
  readonly ifindex: number;
  readonly name: string;
  readonly changes: readonly RouteChange[];
}

/** Routing policy rules, anybody's but ours, came or went. */
export interface RuleEvent {
  readonly kind: 'rule';
  readonly changes: readonly RuleChange[];
}

/** A value of a lease, in the words of its file; an absent one is empty. */
export interface LeaseChange {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}

export type LeaseAction = 'bound' | 'renewed' | 'changed' | 'expired' | 'released' | 'lost';
export const leaseActions: readonly LeaseAction[] = ['bound', 'renewed', 'changed', 'expired', 'released', 'lost'];

/** A DHCP lease of a link came, went, or is another one. */
export interface LeaseEvent {
  readonly kind: 'lease';
  readonly origin: LeaseOrigin;
  readonly ifindex: number;
  readonly name: string;
  readonly action: LeaseAction;
  /** the present one, or the one that went */
  readonly lease: Lease;
  /** the one that counted before; undefined: there was none */
  readonly previous: Lease | undefined;
  /** what `lease` says otherwise than `previous`, if it is another one */
  readonly changes: readonly LeaseChange[];
  /** it was in progress when the daemon was killed */
  readonly rerun?: boolean;
}

/** The computer is about to sleep, or has slept: suspend, hibernation, or both. */
export interface SleepEvent {
  readonly kind: 'sleep';
  readonly action: 'suspend' | 'resume';
}

/** What a user's own extension makes of the world: the one open member. */
export interface ExtensionEvent {
  readonly kind: 'extension';
  readonly extension: string;
  readonly ifindex: number;
  readonly payload: unknown;
}

/** Everything that scripts and extensions can be told of. */
export type NetworkEvent =
  | LinkStateEvent
  | ManagerStateEvent
  | LinkEvent
  | AddressEvent
  | RouteEvent
  | RuleEvent
  | LeaseEvent
  | SleepEvent
  | ExtensionEvent;

const kinds: Readonly<Record<NetworkEvent['kind'], true>> = {
  'link-state': true,
  'manager-state': true,
  lease: true,
  address: true,
  link: true,
  route: true,
  rule: true,
  sleep: true,
  extension: true,
};
/** Every kind of event, once. */
export const eventKinds: readonly string[] = Object.keys(kinds);

/** Of the event's link; empty: it is of none, or the kernel never named it. */
export const linkNameOf = (event: NetworkEvent): string => ('name' in event ? event.name : '');
