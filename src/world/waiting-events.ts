import { linkNameOf } from '../model/event.js';
import type { Step } from '../model/world.js';
import { type Lane, laneOf } from './lane.js';

/** Events of one link, or of what belongs to no link (`link` is empty), whose scripts have not ended. */
export interface Waiting {
  readonly link: string;
  readonly events: number;
  /** when the oldest of them came, milliseconds since the epoch */
  readonly since: number;
}

interface Waiter {
  readonly id: number;
  readonly at: number;
  readonly link: string;
}

const waitingOf = (lanes: Iterable<readonly Waiter[]>): readonly Waiting[] =>
  [...lanes]
    .flatMap(([oldest, ...more]) =>
      oldest === undefined ? [] : [{ link: oldest.link, events: 1 + more.length, since: oldest.at }],
    )
    .sort((a, b) => a.since - b.since);

/**
 * The events whose scripts have not ended. A lane handles events in order, so the end of one is the end of all seen before it, including
 * those joined into it.
 */
export const createWaitingEvents = () => {
  let count = 0;
  /** waiting events, in order */
  const lanes = new Map<Lane, Waiter[]>();
  /**
   * events that were done before they were seen, as those without scripts are; ids are per lane, as a derived event has
   * its cause's
   */
  const early = new Set<string>();

  const seen = ({ id, at, event }: Step): void => {
    const lane = laneOf(event);
    if (early.delete(`${lane} ${id}`)) return;
    const waiter = { id, at, link: linkNameOf(event) };
    const waiters = lanes.get(lane);
    if (waiters === undefined) lanes.set(lane, [waiter]);
    else waiters.push(waiter);
    count += 1;
  };
  const done = ({ id, event }: Step): void => {
    const lane = laneOf(event);
    const waiters = lanes.get(lane) ?? [];
    const before = waiters.findIndex(each => each.id === id);
    if (before === -1) {
      early.add(`${lane} ${id}`);
      return;
    }
    waiters.splice(0, before + 1);
    count -= before + 1;
    if (waiters.length === 0) lanes.delete(lane);
  };
  return { seen, done, count: () => count, byLink: () => waitingOf(lanes.values()) };
};
