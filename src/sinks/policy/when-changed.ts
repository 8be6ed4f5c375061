import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';
import type { Outcome } from '../../model/outcome.js';

/** Suppresses a policy state that equals the one before; everything else passes. */
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
