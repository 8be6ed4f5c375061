import type { NetworkEvent } from '../../model/event.js';

/** How many names are remembered that nobody has taken over yet. */
const MOST_NAMES = 256;

/** Who had the name that a link has now, by the ifindex; undefined: nobody that is remembered. To be told of every event, in order. */
export const createFormerHolders = (): ((event: NetworkEvent) => number | undefined) => {
  const freed = new Map<string, number>();
  const free = (name: string, ifindex: number): void => {
    freed.delete(name); // the newest stands last
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
