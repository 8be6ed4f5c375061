import type { NetworkEvent } from '../model/event.js';

/** Events of one lane are handled one at a time: an ifindex (0: no link), or a kind of events without one. */
export type Lane = number | 'manager-state' | 'rule' | 'sleep';

export const laneOf = (event: NetworkEvent): Lane => ('ifindex' in event ? event.ifindex : event.kind);
