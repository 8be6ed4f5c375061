import { setTimeout as wait } from 'node:timers/promises';

/** What a look gives: something, or nothing yet. */
export type Look<T> = () => Promise<T | undefined | false> | T | undefined | false;

/**
 * Looks until there is something; undefined if there was nothing for so many seconds. It looks the less often the longer it
 * has waited, by a tenth: each look takes time of the processors from what is looked for.
 */
export const poll = async <T>(look: Look<T>, seconds: number): Promise<T | undefined> => {
  for (const begun = Date.now(); ;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    const waited = Date.now() - begun;
    if (waited > seconds * 1000) return undefined;
    await wait(Math.min(Math.max(5, waited / 10), 100));
  }
};
