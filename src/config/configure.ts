import type { Config } from '../model/config.js';
import { defaults } from './schema.js';

/** Parts of a configuration: any keys of any sections. */
export type ConfigChanges = {
  readonly [Section in Exclude<keyof Config, 'perLink' | 'starts' | 'trees'>]?: Partial<Config[Section]>;
} & Partial<Pick<Config, 'perLink' | 'starts' | 'trees'>>;

/** The defaults, but for what is given: `configure({ network: { links: ['eth*', '!eth9'] } })`. */
export const configure = (changes: ConfigChanges = {}): Config => ({
  system: { ...defaults.system, ...changes.system },
  network: { ...defaults.network, ...changes.network },
  scripts: { ...defaults.scripts, ...changes.scripts },
  events: { ...defaults.events, ...changes.events },
  units: { ...defaults.units, ...changes.units },
  metrics: { ...defaults.metrics, ...changes.metrics },
  extensions: { ...defaults.extensions, ...changes.extensions },
  perLink: changes.perLink ?? defaults.perLink,
  starts: changes.starts ?? defaults.starts,
  trees: changes.trees ?? defaults.trees,
});
