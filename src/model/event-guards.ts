import type {
  AddressEvent,
  ExtensionEvent,
  LeaseEvent,
  LinkEvent,
  LinkStateEvent,
  ManagerStateEvent,
  NetworkEvent,
  RouteEvent,
  RuleEvent,
  SleepEvent,
} from './event.js';

/** Is it an event of that kind? */
export type Guard<Event extends NetworkEvent> = (event: NetworkEvent) => event is Event;

/** States of a link changed: `event.changed.OperationalState === 'routable'`. */
export const isLinkState: Guard<LinkStateEvent> = event => event.kind === 'link-state';
/** States of systemd-networkd itself changed. */
export const isManagerState: Guard<ManagerStateEvent> = event => event.kind === 'manager-state';
/** A link came, went or got another name. */
export const isLink: Guard<LinkEvent> = event => event.kind === 'link';
/** An address came, went or changed. */
export const isAddress: Guard<AddressEvent> = event => event.kind === 'address';
/** Routes of a link changed. */
export const isRoute: Guard<RouteEvent> = event => event.kind === 'route';
/** Routing policy rules changed. */
export const isRule: Guard<RuleEvent> = event => event.kind === 'rule';
/** A DHCP lease came, went or changed. */
export const isLease: Guard<LeaseEvent> = event => event.kind === 'lease';
/** The computer is about to sleep, or has slept. */
export const isSleep: Guard<SleepEvent> = event => event.kind === 'sleep';
/** An extension said something of its own; what its `payload` is, only the extension knows. */
export const isExtension: Guard<ExtensionEvent> = event => event.kind === 'extension';
