import type { NetworkEvent } from '../model/event.js';
import type { ProgressSlice } from '../model/world.js';

/** What a monitor was asked for; empty: everything. */
export interface Wanted {
  readonly links: readonly string[];
  readonly kinds: readonly string[];
}

/** Links are chosen by `Links=` rules before; what belongs to no link was not asked for by somebody who names links. */
export const isWanted = (event: NetworkEvent, { links, kinds }: Wanted): boolean =>
  (kinds.length === 0 || kinds.includes(event.kind)) &&
  (links.length === 0 || ('ifindex' in event && event.ifindex > 0));

/** Which sources are not connected, and why, in one line; empty: all are. */
export const unheard = ({ sources }: Pick<ProgressSlice, 'sources'>): string => {
  const silent = [...sources].filter(([, { is }]) => is === 'waiting' || is === 'lost');
  const names = silent.map(([name, { why }]) => `${name} (${why})`).join(' and ');
  const instead = sources.get('kernel')?.is === 'serving' && silent.some(([name]) => name === 'systemd-networkd');
  return names === '' ? '' : `not connected to ${names}${instead ? '; link states are derived from the kernel' : ''}`;
};

/** The local time of day, `12:00:00.123`. */
export const clockOf = (time: number): string => {
  const date = new Date(time);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};
