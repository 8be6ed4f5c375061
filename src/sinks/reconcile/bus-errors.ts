import { field, isText } from '../../model/values/unknown.js';

const textOf = (error: unknown, name: string): string => {
  const value = field(error, name);
  return isText(value) ? value : '';
};

/** The last part of an error's D-Bus name: `NoReply`. */
export const errorName = (error: unknown): string => textOf(error, 'errorName').split('.').at(-1) ?? '';

/** polkit did not allow it, or nobody was there whom it could ask. */
export const isDenied = (error: unknown): boolean =>
  ['AccessDenied', 'InteractiveAuthorizationRequired'].includes(errorName(error));

/** What to do about a refusal that our own polkit rules would have prevented; empty: it is none. */
export const deniedAdvice = (error: unknown): string =>
  isDenied(error) ? ': install polkit and the polkit rules that come with network-broker' : '';

/** Nobody answered: whether it was done is not known. */
export const isUnanswered = (error: unknown): boolean =>
  ['bus-lost', 'call-timed-out'].includes(textOf(error, 'code')) ||
  ['NoReply', 'TimedOut', 'Timeout', 'Disconnected'].includes(errorName(error));

/** The same call may succeed a moment later. */
export const isTransient = (error: unknown): boolean =>
  isUnanswered(error) || ['ServiceUnknown', 'NameHasNoOwner'].includes(errorName(error));
