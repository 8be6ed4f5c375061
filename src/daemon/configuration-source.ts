import { map, type Observable, skipWhile } from 'rxjs';
import type { Fault } from '../model/fault.js';
import type { Source } from '../model/flow.js';
import type { Input } from '../model/input.js';

const NAME = 'configuration';

/**
 * A source that waits while the configuration in force is not the one on disk.
 *
 * @param refused$ why the file is not in force; empty if it is
 */
export const configurationSource = (refused$: Observable<readonly Fault[]>): Source => {
  const why = 'the configuration is invalid (see network-broker check): the last valid one is in use';
  return {
    name: NAME,
    inputs: () =>
      refused$.pipe(
        skipWhile(refused => refused.length === 0),
        map((refused): Input => {
          const state =
            refused.length === 0 ? ({ is: 'serving', why: '' } as const) : ({ is: 'waiting', why } as const);
          return { kind: 'source', name: NAME, state };
        }),
      ),
  };
};
