import { ignoreElements, tap } from 'rxjs';
import type { Fault } from '../../model/fault.js';
import type { Sink } from '../../model/flow.js';
import type { Outcome } from '../../model/outcome.js';
import { emptyWorld } from '../../world/advance.js';
import { type StatusReport, statusReport } from '../../text/status-report.js';
import { createCounters } from '../../world/counters.js';

/** Keeps what `status` reports. */
export interface StatusKeeper {
  readonly sink: Sink;
  readonly see: (outcome: Outcome) => void;
  /**
   * @param refused why the configuration file is not in force; empty if it is
   * @param changed what the last reload has changed
   */
  readonly report: (refused: readonly Fault[], changed: readonly string[]) => StatusReport;
}

export const statusKeeper = (about: Pick<StatusReport, 'version' | 'pid' | 'started'>): StatusKeeper => {
  let world = emptyWorld;
  const counters = createCounters();
  return {
    sink: {
      name: 'status',
      consume: ({ world$ }) =>
        world$.pipe(
          tap(newest => {
            world = newest;
            counters.meet(newest.progress.sources);
          }),
          ignoreElements(),
        ),
    },
    see: counters.see,
    report: (refused, changed) => {
      const errors = refused.map(({ message }) => message);
      const inForce = errors.length === 0 ? 'present' : 'last';
      return statusReport(world, counters.now(), { ...about, configuration: { inForce, errors, changed } });
    },
  };
};
