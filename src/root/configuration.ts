import { loadConfig } from '../daemon/load-config.js';
import type { Config } from '../model/config.js';

/** What was read so long ago, in milliseconds, counts: who asks without end does not make files be read without end. */
const FRESH_MS = 250;

/** Root's own configuration as it is now, or was a moment ago; undefined while it has errors. */
export const createConfiguration = (file: string, now: () => number, load = loadConfig): (() => Config | undefined) => {
  let config: Config | undefined;
  let read = -Infinity;
  return () => {
    if (now() - read >= FRESH_MS) {
      config = load(file).config;
      read = now();
    }
    return config;
  };
};
