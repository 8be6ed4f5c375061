const field = (error: unknown, name: string): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : '';
};

/** The D-Bus name of an error without what all of them begin with. */
export const errorName = (error: unknown): string => field(error, 'errorName').split('.').at(-1) ?? '';

/** The same call may succeed a moment later. */
export const isTransient = (error: unknown): boolean =>
  ['bus-lost', 'call-timed-out'].includes(field(error, 'code')) ||
  ['NoReply', 'TimedOut', 'Timeout', 'ServiceUnknown', 'NameHasNoOwner', 'Disconnected'].includes(errorName(error));
