export type BusErrorCode = 'bus-lost' | 'call-failed' | 'call-timed-out';

/** Why the bus did not serve us. `call-failed`: the peer answered with an error, whose D-Bus name is `errorName`. */
export class BusError extends Error {
  override readonly name = 'BusError';
  constructor(
    readonly code: BusErrorCode,
    message: string,
    readonly errorName?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
