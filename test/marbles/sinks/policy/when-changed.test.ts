import { describe, test } from '@jest/globals';
import type { Outcome, PolicyState } from '../../../../src/model/outcome.js';
import { whenChanged } from '../../../../src/sinks/policy/when-changed.js';
import { customFault } from '../../../../src/model/fault.js';
import { marbles } from '../../../../src/testing/marbles.js';

const state = (by: PolicyState['by'], ...conflicts: readonly string[]): PolicyState => ({
  kind: 'policy',
  by,
  wanted: 0,
  tables: [],
  conflicts,
  failures: [],
});
const outcomes: Record<string, Outcome> = {
  n: state('nobody'),
  t: state('this'),
  c: state('this', 'route default: its place is taken'),
  f: customFault('warn', 'x', 'one'),
};

describe('whenChanged', () => {
  test(
    'passes the state of the policy rules when it is otherwise than before, and everything else',
    marbles(({ hot, expectObservable }) => {
      const outcome$ = hot('-n-t-t-f-t-c-c-t-f-|', outcomes);
      const expected = '    -n-t---f---c---t-f-|';
      expectObservable(outcome$.pipe(whenChanged())).toBe(expected, outcomes);
    }),
  );

  test(
    'each subscriber is told the state from the first one on',
    marbles(({ cold, hot, expectObservable }) => {
      const shared$ = cold('t-t|', outcomes).pipe(whenChanged());
      expectObservable(hot('-').pipe(() => shared$)).toBe('t--|', outcomes);
      expectObservable(shared$, '----^').toBe('----t--|', outcomes);
    }),
  );
});
