import { type SchedulerLike, Subscription } from 'rxjs';
import { type Wait, waiting } from '../trace/recorded-scheduler.js';

/** The time of a simulation, in milliseconds since it began: it stands still but for `run`. */
export interface Time {
  readonly now: () => number;
  /** Calls `then` when the time has come; the result cancels it. Those of one moment are called in the order in which they asked. */
  readonly after: (delay: number, then: () => void) => Subscription;
  /** Calls `then` before anything else happens; the result cancels it. */
  readonly next: (then: () => void) => Subscription;
  /** Lets the time pass, and all happen that is due by then; stops early when told to. */
  readonly run: (until: number, isOver?: () => boolean) => void;
  /** how much has happened */
  readonly steps: () => number;
}

/** Schedulers that know how much waits by them. */
export interface Clockwork {
  readonly scheduler: SchedulerLike;
  /** for what comes next, before anything else happens */
  readonly asap: SchedulerLike;
  /** how many waits are open */
  readonly open: () => number;
}

interface Waiting {
  readonly due: number;
  readonly nth: number;
  then: (() => void) | undefined;
}

const isBefore = (a: Waiting, b: Waiting): boolean => a.due < b.due || (a.due === b.due && a.nth < b.nth);

/** A binary heap, the first due on top. */
const createHeap = () => {
  const heap: Waiting[] = [];
  const at = (nth: number): Waiting | undefined => heap[nth];
  const swap = (a: number, b: number): void => {
    const [x, y] = [heap[a], heap[b]];
    if (x !== undefined && y !== undefined) [heap[a], heap[b]] = [y, x];
  };
  return {
    first: () => heap[0],
    push: (one: Waiting): void => {
      let nth = heap.push(one) - 1;
      for (let up = (nth - 1) >> 1; nth > 0; nth = up, up = (nth - 1) >> 1) {
        const parent = at(up);
        if (parent === undefined || !isBefore(one, parent)) return;
        swap(nth, up);
      }
    },
    pop: (): void => {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
      for (let nth = 0; ;) {
        const [left, right] = [at(2 * nth + 1), at(2 * nth + 2)];
        if (left === undefined) return;
        const least = right !== undefined && isBefore(right, left) ? 2 * nth + 2 : 2 * nth + 1;
        const child = at(least);
        if (child === undefined || !isBefore(child, last)) return;
        swap(nth, least);
        nth = least;
      }
    },
  };
};

export const createTime = (): Time => {
  const heap = createHeap();
  let now = 0;
  let count = 0;
  let steps = 0;
  const soon: Pick<Waiting, 'then'>[] = [];
  const settle = (): void => {
    for (let next = soon.shift(); next !== undefined; next = soon.shift()) next.then?.();
  };
  return {
    now: () => now,
    steps: () => steps,
    after: (delay, then) => {
      const one: Waiting = { due: now + Math.max(0, delay), nth: (count += 1), then };
      heap.push(one);
      return new Subscription(() => (one.then = undefined));
    },
    next: then => {
      const one: Pick<Waiting, 'then'> = { then };
      soon.push(one);
      return new Subscription(() => (one.then = undefined));
    },
    run: (until, isOver = () => false) => {
      settle();
      for (let first = heap.first(); first !== undefined && first.due <= until; first = heap.first()) {
        heap.pop();
        if (first.then === undefined) continue;
        now = first.due;
        steps += 1;
        first.then();
        settle();
        if (isOver()) return;
      }
      now = Math.max(now, until);
    },
  };
};

/** Schedulers for somebody whose end is to be seen: what he leaves waiting is counted. */
export const createClockwork = (time: Time): Clockwork => {
  let open = 0;
  const counted =
    (wait: Wait): Wait =>
    (delay, then) => {
      open += 1;
      const over = new Subscription(() => (open -= 1));
      over.add(
        wait(delay, () => {
          over.unsubscribe();
          then();
        }),
      );
      return over;
    };
  return {
    scheduler: waiting(counted(time.after), time.now),
    asap: waiting(
      counted((_, then) => time.next(then)),
      time.now,
    ),
    open: () => open,
  };
};
