import { defer, filter, map, type MonoTypeOperatorFunction } from 'rxjs';
import type { Outcome, TargetState } from '../../model/outcome.js';

const isSame = (a: TargetState, b: TargetState): boolean =>
  a.wanted === b.wanted && a.active === b.active && a.why === b.why;

/**
 * Suppresses what is said of a target again; everything else passes. What was refused for good is not tried again: why, holds as long
 * as the target is not as it is to be.
 */
export const whenNew = (): MonoTypeOperatorFunction<Outcome> => outcome$ =>
  defer(() => {
    const before = new Map<string, TargetState>();
    const unchanged = (unit: string): TargetState => ({ kind: 'target', unit, wanted: false, active: false, why: '' });
    return outcome$.pipe(
      map(outcome => {
        if (outcome.kind !== 'target' || outcome.wanted === outcome.active || outcome.why !== '') return outcome;
        return { ...outcome, why: before.get(outcome.unit)?.why ?? '' };
      }),
      filter(outcome => {
        if (outcome.kind !== 'target') return true;
        const known = before.get(outcome.unit) ?? unchanged(outcome.unit);
        if (outcome.wanted || outcome.active) before.set(outcome.unit, outcome);
        else before.delete(outcome.unit);
        return !isSame(known, outcome);
      }),
    );
  });
