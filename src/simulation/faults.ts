import type { Tell } from './happening.js';

/**
 * What is to go wrong: `rtnetlink ENOBUFS`, `bus lose 2`, `state ENOSPC 3`. Who may fail asks each time whether it is to.
 */
export interface Faults {
  /** the next so many times */
  readonly order: (where: string, what: string, times: number) => void;
  /** What goes wrong now; undefined: nothing. It counts as one time. */
  readonly take: (where: string) => string | undefined;
}

export const createFaults = (tell: Tell): Faults => {
  const orders = new Map<string, { readonly what: string; times: number }[]>();
  return {
    order: (where, what, times) => orders.set(where, [...(orders.get(where) ?? []), { what, times }]),
    take: where => {
      const [first, ...rest] = orders.get(where) ?? [];
      if (first === undefined) return undefined;
      first.times -= 1;
      if (first.times <= 0) orders.set(where, rest);
      tell({ kind: 'fault', what: `${where} ${first.what}` });
      return first.what;
    },
  };
};
