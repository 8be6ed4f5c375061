import type { NetworkEvent } from '../model/event.js';

/** Whose events are handled one at a time: an ifindex (0: of no link), or who has none. */
export type Lane = number | 'manager' | 'sleep';

export const laneOf = (event: NetworkEvent): Lane =>
  event.kind === 'manager-state' ? 'manager' : event.kind === 'sleep' ? event.kind : event.ifindex;
