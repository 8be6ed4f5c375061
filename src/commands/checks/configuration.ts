import { from, of } from 'rxjs';
import type { Check } from './finding.js';
import { found, ok } from './finding.js';

const about = 'configuration';

/** Everything that is wrong with the configuration file and its drop-ins. */
export const configuration: Check = ({ options, faults }) =>
  faults.length === 0 ? of(ok(about, options.config)) : from(faults.map(found(about)));
