import type { LinkStateEvent, Since } from '../model/event.js';
import type { States } from '../model/states.js';
import type { Difference } from './networkd/changed-states.js';

/** A link that had nothing, and has lost nothing. */
export const nothing: Since = { had: new Map(), carrier: false, went: new Map(), lease: false };

/** A link had these addresses when its states were told, and nothing has gone since. */
export const had = (keys: Iterable<string>): Since => ({
  ...nothing,
  had: new Map(Array.from(keys, key => [key, true])),
});

export const hasLost = ({ carrier, went, lease }: Since): boolean => carrier || went.size > 0 || lease;

const withoutCarrier: ReadonlySet<string | undefined> = new Set(['missing', 'off', 'no-carrier', 'dormant']);

const isWithoutCarrier = ({ CarrierState, OperationalState }: States): boolean =>
  withoutCarrier.has(CarrierState) || withoutCarrier.has(OperationalState);

const isWithCarrier = (states: States): boolean =>
  (states.CarrierState ?? states.OperationalState) !== undefined && !isWithoutCarrier(states);

/** Any other state already says that the addresses went, whichever of networkd and the kernel was heard first. */
const withAddresses: ReadonlySet<string> = new Set(['degraded', 'routable']);

/**
 * Do networkd's states claim what the kernel says is gone? networkd may answer before it has read what the kernel told
 * everybody; it will report the loss itself.
 */
export const isLate = (said: States, kernel: States): boolean =>
  (isWithCarrier(said) && isWithoutCarrier(kernel)) ||
  (said.OperationalState === 'routable' && kernel.AddressState !== 'routable') ||
  (said.OperationalState === 'degraded' && kernel.AddressState === 'off');

/**
 * The same end state is not "nothing happened". What to report of a link whose states are `now` and differ from the
 * last reported ones by `difference`: all states, if the carrier was lost since and is back; also an
 * operational state with addresses, if only an address or a lease was lost.
 */
export const retold = (difference: Difference, now: States, since: Since = nothing): Difference => {
  const { changed, previous } = difference;
  if (!isWithCarrier(now)) return difference;
  const same = Object.fromEntries(Object.entries(now).filter(([property]) => !(property in changed)));
  const before: States = { ...same, ...previous };
  if (since.carrier && isWithCarrier(before)) return { changed: now, previous: before };
  const OperationalState = 'OperationalState' in changed ? undefined : now.OperationalState;
  if (!hasLost(since) || OperationalState === undefined || !withAddresses.has(OperationalState)) return difference;
  return { changed: { ...changed, OperationalState }, previous: { ...previous, OperationalState } };
};

/** Joins two consecutive periods: an address lost in the second counts if it existed before the first. */
const joinSince = (older: Since, newer: Since): Since => ({
  had: older.had,
  carrier: older.carrier || newer.carrier,
  went: new Map([...older.went, ...[...newer.went].filter(([key]) => older.had.has(key))]),
  lease: older.lease || newer.lease,
});

/** As a field of an event; absent if the link had nothing to lose. */
export const having = (since: Since): Pick<LinkStateEvent, 'since'> =>
  since.had.size === 0 && !hasLost(since) ? {} : { since };

/** Joins two consecutive events into the newer one, with their combined `difference` and what was lost in between. */
export const joinStates = (
  older: LinkStateEvent,
  newer: LinkStateEvent,
  difference: Difference,
  states: States,
): LinkStateEvent => {
  const now = { ...states, ...older.changed, ...newer.changed };
  const since = joinSince(older.since ?? nothing, newer.since ?? nothing);
  const carrier = since.carrier || isWithoutCarrier(older.changed) || isWithoutCarrier(newer.changed);
  const all = { ...since, carrier };
  return { ...newer, ...retold(difference, now, all), ...having(all) };
};
