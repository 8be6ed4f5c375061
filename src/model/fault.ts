import { type FaultCode, faultCodes } from './fault-codes.js';

/** Something went wrong that did not stop the flow: a value inside the streams, shown once in the log. */
export interface Fault {
  readonly kind: 'fault';
  readonly severity: 'warn' | 'error';
  /** stable, for programs: one of the catalogue, or an extension's own */
  readonly code: string;
  /** for people: what was expected, what was found, where, what to do */
  readonly message: string;
  readonly cause?: unknown;
}

export type Report = (fault: Fault) => void;

/** A fault with a code of one's own: an extension's, an embedding program's. */
export const customFault = (severity: Fault['severity'], code: string, message: string, cause?: unknown): Fault => ({
  kind: 'fault',
  severity,
  code,
  message,
  ...(cause === undefined ? {} : { cause }),
});

/** A fault of the broker's own; how bad it is, the catalogue says. */
export const fault = (code: FaultCode, message: string, cause?: unknown): Fault =>
  customFault(faultCodes[code].severity, code, message, cause);

/** What was thrown, as an Error with a message: JavaScript may throw anything, also what has no text. */
export const toError = (thrown: unknown): Error => {
  try {
    return thrown instanceof Error && typeof thrown.message === 'string' ? thrown : new Error(String(thrown));
  } catch {
    return new Error('something was thrown that has no text');
  }
};
