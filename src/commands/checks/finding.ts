import { catchError, type MonoTypeOperatorFunction, type Observable, of } from 'rxjs';
import type { Config } from '../../model/config.js';
import { type Fault, toError } from '../../model/fault.js';
import type { Options } from '../../config/options.js';

/** `error`: this keeps the daemon from working. */
export interface Finding {
  readonly severity: 'ok' | 'warn' | 'error';
  /** a word or two: what was looked at */
  readonly about: string;
  readonly message: string;
}

export interface Circumstances {
  readonly options: Options;
  /** the defaults, if the configuration has errors */
  readonly config: Config;
  /** what reading the configuration found */
  readonly faults: readonly Fault[];
}

/** Looks at one thing; changes nothing, starts nothing. Says `ok` if there is nothing else to say. Never errors. */
export type Check = (circumstances: Circumstances) => Observable<Finding>;

export const ok = (about: string, message: string): Finding => ({ severity: 'ok', about, message });
export const warn = (about: string, message: string): Finding => ({ severity: 'warn', about, message });
export const error = (about: string, message: string): Finding => ({ severity: 'error', about, message });
export const found =
  (about: string) =>
  ({ severity, message }: Fault): Finding => ({ severity, about, message });

/** If the kernel cannot be asked, that is the finding. */
export const orUnread = (about: string): MonoTypeOperatorFunction<Finding> =>
  catchError((cause: unknown) => of(warn(about, `the kernel could not be queried: ${toError(cause).message}`)));
