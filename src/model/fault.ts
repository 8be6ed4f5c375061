/** Something went wrong that did not stop the flow: a value inside the streams, shown once in the log. */
export interface Fault {
  readonly kind: 'fault';
  readonly severity: 'warn' | 'error';
  /** stable, for programs: `source-lost`, `script-unsafe`, … */
  readonly code: string;
  /** for people: what was expected, what was found, where, what to do */
  readonly message: string;
  readonly cause?: unknown;
}

export type Report = (fault: Fault) => void;

export const fault = (severity: Fault['severity'], code: string, message: string, cause?: unknown): Fault => ({
  kind: 'fault',
  severity,
  code,
  message,
  ...(cause === undefined ? {} : { cause }),
});

/** What was thrown, as an Error: JavaScript may throw anything. */
export const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
