import type { NetworkEvent } from '../../model/event.js';

/** The most names remembered that no link has taken over yet. */
const MOST_NAMES = 256;

/**
 * The ifindex of the link that had this link's name before; undefined if none is remembered. Must be told of every
 * event, in order.
 */
export const createFormerHolders = (): ((event: NetworkEvent) => number | undefined) => {
  const freed = new Map<string, number>();
  const free = (name: string, ifindex: number): void => {
    freed.delete(name); // the newest is last
    freed.set(name, ifindex);
    if (freed.size <= MOST_NAMES) return;
    for (const [oldest] of freed) {
      freed.delete(oldest);
      return;
    }
  };
  return event => {
    if (event.kind !== 'link') return undefined;
    if (event.action === 'removed') {
      free(event.name, event.ifindex);
      return undefined;
    }
    if (event.action === 'renamed') free(event.oldName, event.ifindex);
    const holder = freed.get(event.name);
    freed.delete(event.name);
    return holder;
  };
};
