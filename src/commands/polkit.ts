import type { Options } from '../config/options.js';
import { loadConfig } from '../daemon/load-config.js';
import { say } from '../system/say.js';
import { polkitRule } from '../text/polkit-rule.js';

/** Prints the polkit rule that the present configuration needs. Resolves to 1 if the configuration is wrong. */
export const polkit = (options: Options): Promise<number> => {
  const { config, faults } = loadConfig(options.config);
  if (config === undefined) {
    for (const { message } of faults) say(message);
    return Promise.resolve(1);
  }
  const rule = polkitRule(config, 'network-broker');
  if (rule === '') say('no rule is needed: the configuration has no tables [[Start]]');
  process.stdout.write(rule);
  return Promise.resolve(0);
};
