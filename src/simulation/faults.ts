/**
 * What is to go wrong: `rtnetlink ENOBUFS`, `bus lose 2`, `state ENOSPC 3`. Who may fail asks each time whether it is to.
 */
export interface Faults {
  /** the next so many times */
  readonly order: (where: string, what: string, times: number) => void;
  /** What goes wrong now; undefined: nothing. It counts as one time. */
  readonly take: (where: string) => string | undefined;
  /** what went wrong so far, once each: `bus lose` */
  readonly happened: ReadonlySet<string>;
}

export const createFaults = (): Faults => {
  const orders = new Map<string, { readonly what: string; times: number }[]>();
  const happened = new Set<string>();
  return {
    order: (where, what, times) => orders.set(where, [...(orders.get(where) ?? []), { what, times }]),
    take: where => {
      const [first, ...rest] = orders.get(where) ?? [];
      if (first === undefined) return undefined;
      first.times -= 1;
      if (first.times <= 0) orders.set(where, rest);
      happened.add(`${where} ${first.what}`);
      return first.what;
    },
    happened,
  };
};
