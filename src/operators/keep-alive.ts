import { asyncScheduler, type MonoTypeOperatorFunction, Observable, type SchedulerLike } from 'rxjs';
import { fault, toError } from '../model/fault.js';
import type { Input } from '../model/input.js';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;

/**
 * Resubscribes to a source whenever it fails or completes: after 0.1 s, then twice as long each time, 30 s at most. A
 * source that lived longer than its last delay begins at 0.1 s again. Every loss is an Input that says so, after a fault unless
 * the one before had the same reason.
 *
 * ```
 * source   -a-#                       -b---
 * result   -a-(fL) ··· 100 frames ··· -b---      f: {kind: 'fault'}, L: {kind: 'source', state: lost}
 * ```
 */
export const keepAlive =
  (name: string, scheduler: SchedulerLike = asyncScheduler): MonoTypeOperatorFunction<Input> =>
  source =>
    new Observable<Input>(out => {
      let lastDelay = 0;
      let reported: string | undefined;
      const subscribe = (): void => {
        const since = scheduler.now();
        const lose = (why: string): void => {
          const lived = scheduler.now() - since > lastDelay;
          if (lived) reported = undefined;
          if (why !== reported)
            out.next({ kind: 'fault', fault: fault('source-lost', `${name}: ${why}; trying again`) });
          reported = why;
          out.next({ kind: 'source', name, state: { is: 'lost', why } });
          lastDelay = lived ? FIRST_DELAY_MS : Math.min(Math.max(lastDelay * 2, FIRST_DELAY_MS), MAX_DELAY_MS);
          const wait = scheduler.schedule(() => {
            wait.unsubscribe();
            subscribe();
          }, lastDelay);
          out.add(wait);
        };
        out.add(
          source.subscribe({
            next: input => out.next(input),
            error: (reason: unknown) => lose(toError(reason).message),
            complete: () => lose('it completed, which a source must not'),
          }),
        );
      };
      subscribe();
    });
