import { asyncScheduler, type MonoTypeOperatorFunction, Observable, type SchedulerLike, type Subscription } from 'rxjs';

/**
 * Passes a value on at once, and joins what follows into one more: the newest, when nothing has come for `quiet`, at the
 * latest at the end of the `window` that the first began. What comes after that waits for this end.
 *
 * ```
 * source   -ab-c---d--------------e-|      2 frames of quiet, a window of 10
 * result   -a----c----d-----------e-|      b was older than c; d begins the next window
 * ```
 * What still waits on completion is passed on.
 */
export const coalesce =
  <T>(quiet: number, window: number, scheduler: SchedulerLike = asyncScheduler): MonoTypeOperatorFunction<T> =>
  source =>
    new Observable<T>(out => {
      let ending: Subscription | undefined;
      let pause: Subscription | undefined;
      let waiting: { readonly value: T } | undefined;
      let isJoined = false;

      const pass = (): void => {
        const passed = waiting;
        waiting = undefined;
        if (passed !== undefined) out.next(passed.value);
      };
      const rest = (delay: number, then: () => void): void => {
        pause?.unsubscribe();
        pause = scheduler.schedule(() => {
          pause?.unsubscribe();
          then();
        }, delay);
        out.add(pause);
      };
      const open = (): void => {
        isJoined = false;
        ending = scheduler.schedule(() => {
          ending?.unsubscribe();
          pause?.unsubscribe();
          ending = undefined;
          if (waiting === undefined) return;
          open();
          pass();
        }, window);
        out.add(ending);
      };
      out.add(
        source.subscribe({
          next: value => {
            waiting = { value };
            if (ending === undefined) {
              open();
              pass();
            } else if (!isJoined) {
              const join = (): void => {
                isJoined = true;
                pass();
              };
              // A process that was busy is late: what came meanwhile is not read yet.
              rest(quiet, () => rest(0, join));
            }
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            pass();
            out.complete();
          },
        }),
      );
    });
