import type { Happening } from '../happening.js';

/** What could not be written down is written within these: it is tried again. Milliseconds. */
const RETRIES_MS = 15_000;

/** Is what the last run had told and set not known to this one? It could not write it down, and did not live to try again. */
export const createForgotten = (): {
  /** true: a run begins that does not know */
  readonly see: (happening: Happening) => boolean;
} => {
  let unwritten = -Infinity;
  let isUnwritten = false;
  return {
    see: ({ at, ...happening }) => {
      if (happening.kind === 'fault' && happening.what.startsWith('state ')) unwritten = at;
      if (happening.kind !== 'daemon') return false;
      if (happening.is === 'killed' || happening.is === 'ended') isUnwritten = at - unwritten < RETRIES_MS;
      return happening.is === 'started' && isUnwritten;
    },
  };
};
