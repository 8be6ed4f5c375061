import { asyncScheduler, type MonoTypeOperatorFunction, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { States } from '../../model/states.js';
import type { Wanted } from './wishes.js';

/**
 * Holds back the states of each link until they have been the same for `DebounceSec`; all else passes at once.
 *
 * ```
 * wanted   -a-b-c--------|      a: no carrier, b: carrier, c: no carrier, all of one link; 3 frames of quiet
 * result   -a-a-a--a-----|      nothing has become of it
 * ```
 * What is so at first counts at once. Without `DebounceSec` nothing waits. What waits on completion is passed on.
 */
export const whenSettled =
  (scheduler: SchedulerLike = asyncScheduler): MonoTypeOperatorFunction<Wanted> =>
  source =>
    new Observable<Wanted>(out => {
      const timers = new Map<number, Subscription>();
      let newest: Wanted | undefined;
      let shown: ReadonlyMap<number, States> = new Map();
      const forget = (ifindex: number): void => {
        timers.get(ifindex)?.unsubscribe();
        timers.delete(ifindex);
      };
      const tell = (): void => {
        if (newest !== undefined) out.next({ ...newest, states: shown });
      };
      const settle = (ifindex: number): void => {
        forget(ifindex);
        const states = newest?.states.get(ifindex);
        if (states !== undefined) shown = new Map(shown).set(ifindex, states);
        tell();
      };
      const hold = (wanted: Wanted, quiet: number): ReadonlyMap<number, States> => {
        const now = new Map<number, States>();
        for (const [ifindex, states] of wanted.states) {
          const before = newest?.states.get(ifindex);
          if (before !== states) {
            forget(ifindex);
            const timer = scheduler.schedule(() => settle(ifindex), quiet);
            out.add(timer);
            timers.set(ifindex, timer);
          }
          const quietOnes = shown.get(ifindex);
          if (quietOnes !== undefined) now.set(ifindex, quietOnes);
        }
        for (const ifindex of timers.keys()) if (!wanted.states.has(ifindex)) forget(ifindex);
        return now;
      };
      out.add(
        source.subscribe({
          next: wanted => {
            const quiet = (wanted.world.config?.events.debounceSec ?? 0) * 1000;
            if (quiet === 0) for (const ifindex of timers.keys()) forget(ifindex);
            shown = quiet === 0 || newest === undefined ? wanted.states : hold(wanted, quiet);
            newest = wanted;
            tell();
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            if (timers.size > 0 && newest !== undefined) out.next(newest);
            out.complete();
          },
        }),
      );
    });
