import type { NetworkEvent } from '../model/event.js';

/** Whose events are handled one at a time: an ifindex (0: of no link), or a kind of events that have none. */
export type Lane = number | 'manager-state' | 'rule' | 'sleep';

export const laneOf = (event: NetworkEvent): Lane => ('ifindex' in event ? event.ifindex : event.kind);
