import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';
import type { Outcome } from '../../model/outcome.js';

/** Passes the state of the policy rules only when it is otherwise than before, and everything else. */
export const whenChanged = (): MonoTypeOperatorFunction<Outcome> => outcome$ =>
  defer(() => {
    let said = '';
    return outcome$.pipe(
      filter(outcome => {
        if (outcome.kind !== 'policy') return true;
        const before = said;
        said = JSON.stringify(outcome);
        return said !== before;
      }),
    );
  });
