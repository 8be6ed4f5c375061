import { Subscription } from 'rxjs';

/** The time of a replay, in milliseconds: it advances only by `elapse`. */
export interface VirtualTime {
  readonly now: () => number;
  /**
   * Calls `then` after the delay; the result cancels it. Calls due at the same moment are made in the order of request.
   */
  readonly after: (delay: number, then: () => void) => Subscription;
  /** Advances the time. */
  readonly elapse: (until: number) => void;
}

interface Waiting {
  readonly due: number;
  readonly then: () => void;
}

export const createVirtualTime = (start: number): VirtualTime => {
  let now = start;
  let waits: readonly Waiting[] = []; // the first due first
  return {
    now: () => now,
    after: (delay, then) => {
      const one: Waiting = { due: now + delay, then };
      const position = waits.findIndex(({ due }) => due > one.due);
      waits = waits.toSpliced(position < 0 ? waits.length : position, 0, one);
      return new Subscription(() => (waits = waits.filter(other => other !== one)));
    },
    elapse: until => {
      for (let [first] = waits; first !== undefined && first.due <= until; [first] = waits) {
        now = Math.max(now, first.due);
        first.then();
      }
      now = Math.max(now, until);
    },
  };
};
