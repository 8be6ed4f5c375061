import { map, type Observable, skipWhile } from 'rxjs';
import type { Fault } from '../model/fault.js';
import type { Source } from '../model/flow.js';
import type { Input } from '../model/input.js';

const NAME = 'configuration';

/**
 * Says among the sources of the World that what is in force is not what is written.
 *
 * @param refused$ why what is written is not in force; empty: it is
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
