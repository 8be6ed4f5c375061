import { type MonoTypeOperatorFunction, Observable } from 'rxjs';

/**
 * A value that comes while another is still being passed on, an echo of it say, waits until that has been everywhere; so do
 * an error and the end. Like `observeOn(queueScheduler)`, without a task for each value.
 *
 * ```
 * source   -a---b---|      b is echoed as B
 * result   -a---(bB)|      all of b happens before any of B
 * ```
 */
export const trampoline =
  <T>(): MonoTypeOperatorFunction<T> =>
  source =>
    new Observable<T>(out => {
      const waiting: { readonly value: T }[] = [];
      let isBusy = false;
      let end: (() => void) | undefined;
      const finish = (then: () => void): void => {
        end = then;
        if (!isBusy) then();
      };
      return source.subscribe({
        next: value => {
          if (isBusy) {
            waiting.push({ value });
            return;
          }
          isBusy = true;
          try {
            out.next(value);
            for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) out.next(next.value);
          } finally {
            isBusy = false; // nothing is thrown here but by a full stack: who is deaf after that would never be noticed
          }
          end?.();
        },
        error: (error: unknown) => finish(() => out.error(error)),
        complete: () => finish(() => out.complete()),
      });
    });
