import { field, isText } from '../../model/unknown.js';

const textOf = (error: unknown, name: string): string => {
  const value = field(error, name);
  return isText(value) ? value : '';
};

/** The D-Bus name of an error without what all of them begin with. */
export const errorName = (error: unknown): string => textOf(error, 'errorName').split('.').at(-1) ?? '';

/** The same call may succeed a moment later. */
export const isTransient = (error: unknown): boolean =>
  ['bus-lost', 'call-timed-out'].includes(textOf(error, 'code')) ||
  ['NoReply', 'TimedOut', 'Timeout', 'ServiceUnknown', 'NameHasNoOwner', 'Disconnected'].includes(errorName(error));
