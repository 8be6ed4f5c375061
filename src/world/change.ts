import type { NetworkEvent } from '../model/event.js';
import type { Fault } from '../model/fault.js';
import type { World } from '../model/world.js';

/** What one input made of a world, before its events have their ids. */
export interface Change {
  readonly world: World;
  readonly events: readonly NetworkEvent[];
  readonly faults?: readonly Fault[];
}

/** One change after the other, as one. */
export const inTurn = <T>(world: World, items: Iterable<T>, change: (world: World, item: T) => Change): Change => {
  const events: NetworkEvent[] = [];
  const faults: Fault[] = [];
  let now = world;
  for (const item of items) {
    const made = change(now, item);
    now = made.world;
    events.push(...made.events);
    faults.push(...(made.faults ?? []));
  }
  return { world: now, events, faults };
};
