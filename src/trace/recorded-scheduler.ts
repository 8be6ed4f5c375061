import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';

/** Calls `then` after the delay; the result cancels it. */
export type Wait = (delay: number, then: () => void) => Subscription;

class Action<T> extends Subscription implements SchedulerAction<T> {
  #waiting = Subscription.EMPTY;

  constructor(
    readonly wait: Wait,
    readonly work: (this: SchedulerAction<T>, state?: T) => void,
  ) {
    super();
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.#waiting.unsubscribe();
    this.remove(this.#waiting);
    this.#waiting = this.wait(delay, () => this.work(state));
    this.add(this.#waiting);
    return this;
  }
}

/** What a scheduler runs. */
export type Work<T> = (this: SchedulerAction<T>, state?: T) => void;

/** A scheduler that waits by `wait`: recorded, or answered from a trace. */
export const waiting = (wait: Wait, now: () => number): SchedulerLike => ({
  now,
  schedule<T>(work: Work<T>, delay = 0, state?: T): Subscription {
    return new Action(wait, work).schedule(state, delay);
  },
});
