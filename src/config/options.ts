import type { Config } from '../model/config.js';

/** What the command line and the environment ask for. */
export interface Options {
  readonly config: string;
  readonly scriptDirectory: string;
  /** the part of the configuration that was overridden */
  readonly system: Partial<Pick<Config['system'], 'logLevel' | 'logFormat'>>;
}
