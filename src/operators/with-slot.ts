import { asapScheduler, type MonoTypeOperatorFunction, Observable, type SchedulerLike } from 'rxjs';

/** A slot of a common pool, for as long as the source runs. `limit`: how many may run for this one to start. */
export type WithSlot = <T>(limit: number) => MonoTypeOperatorFunction<T>;

interface Waiting {
  readonly limit: number;
  readonly start: () => void;
}

/**
 * A pool of slots: what is piped through `withSlot(limit)` starts when fewer than `limit` others of the pool run, first
 * come, first served.
 *
 * ```
 * a, limit 1   ^--a--|
 * b            ^-------b--|        starts when a has ended
 * c            ^------------c--|
 * ```
 * Unsubscribing gives the slot, or the place in the queue, back. The limit is each one's own, so that it may change while
 * others wait; nobody overtakes.
 */
export const createSlots = (soon: SchedulerLike = asapScheduler): WithSlot => {
  const queue: Waiting[] = [];
  let taken = 0;
  const fill = (): void => {
    for (let next = queue[0]; next !== undefined && taken < Math.max(1, next.limit); next = queue[0]) {
      queue.shift();
      taken += 1;
      next.start();
    }
  };
  return limit => source =>
    new Observable(out => {
      let leave = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
      };
      const waiting: Waiting = {
        limit,
        start: () => {
          leave = () => (taken -= 1);
          out.add(source.subscribe(out));
        },
      };
      queue.push(waiting);
      out.add(() => {
        leave();
        // Not at once: if all are being unsubscribed, the next one must not start only to be killed.
        if (queue.length > 0) soon.schedule(fill);
      });
      fill();
    });
};
