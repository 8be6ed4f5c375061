import type { NetworkEvent } from '../model/event.js';
import type { Fault } from '../model/fault.js';
import type { World } from '../model/world.js';

/** What one Input made of a World, before events get their ids. */
export interface Change {
  readonly world: World;
  readonly events: readonly NetworkEvent[];
  readonly faults?: readonly Fault[];
}

/** Appends. `push(...more)` would put them all on the stack, which has room for some 100,000. */
export const append = <T>(list: T[], more: readonly T[]): void => {
  for (const one of more) list.push(one);
};

/** Applies changes in turn, as one. */
export const inTurn = <T>(world: World, items: Iterable<T>, change: (world: World, item: T) => Change): Change => {
  const events: NetworkEvent[] = [];
  const faults: Fault[] = [];
  let now = world;
  for (const item of items) {
    const made = change(now, item);
    now = made.world;
    append(events, made.events);
    append(faults, made.faults ?? []);
  }
  return { world: now, events, faults };
};
