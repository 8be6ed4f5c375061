import { field, isText } from '../../model/unknown.js';

const textOf = (error: unknown, name: string): string => {
  const value = field(error, name);
  return isText(value) ? value : '';
};

/** The last part of an error's D-Bus name: `NoReply`. */
export const errorName = (error: unknown): string => textOf(error, 'errorName').split('.').at(-1) ?? '';

/** Nobody answered: whether it was done is not known. */
export const isUnanswered = (error: unknown): boolean =>
  ['bus-lost', 'call-timed-out'].includes(textOf(error, 'code')) ||
  ['NoReply', 'TimedOut', 'Timeout', 'Disconnected'].includes(errorName(error));

/** The same call may succeed a moment later. */
export const isTransient = (error: unknown): boolean =>
  isUnanswered(error) || ['ServiceUnknown', 'NameHasNoOwner'].includes(errorName(error));
