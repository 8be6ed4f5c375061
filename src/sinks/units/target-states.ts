import type { TargetState } from '../../model/outcome.js';
import type { Action, Failure } from '../reconcile/target.js';
import type { UnitChange } from './unit-change.js';
import { unitsOf } from './wishes.js';

/** A chain of targets that a pass has looked at. */
export interface Looked {
  readonly key: string;
  /** how many of its targets are to be active, the lowest first */
  readonly level: number;
  /** why nothing is done about it although it is not so, for people; empty: there is no reason */
  readonly why: string;
}

/** How the targets that a pass has looked at are after it. */
export const targetStates = (
  looked: readonly Looked[],
  up: ReadonlySet<string>,
  done: readonly Action<UnitChange>[],
  failures: readonly Failure<UnitChange>[],
): readonly TargetState[] => {
  const changes = new Map(done.map(({ key, change }) => [key, change]));
  const refusals = new Map(failures.map(({ action, refused }) => [action?.key, refused.message]));
  return looked.flatMap(({ key, level, why }) => {
    const units = unitsOf(key);
    const change = changes.get(key);
    const stopped = change?.do === 'stop' ? units.indexOf(change.unit) : Infinity;
    return units.map((unit, nth): TargetState => {
      const wanted = nth < level;
      const active = (change?.do === 'start' && wanted) || (up.has(unit) && nth < stopped);
      return { kind: 'target', unit, wanted, active, why: wanted === active ? '' : (refusals.get(key) ?? why) };
    });
  });
};
