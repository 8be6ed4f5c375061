import type { World } from '../../model/world.js';
import { groupBy } from '../../model/values/group-by.js';
import { onceFor } from '../../model/values/once-for.js';
import { instanceOfLink, linksOf, type Wanted } from './wishes.js';

interface Account {
  readonly parts: readonly unknown[];
  readonly number: string;
}

const leasesByLink = onceFor((bound: World['leases']['bound']) => groupBy(bound.values(), one => one.ifindex));

/** All that a link's description is made of, in values that are the same as long as they say the same. */
const partsOf = ({ world: { kernel, leases, networkd }, states }: Wanted, ifindex: number): readonly unknown[] => [
  kernel.links?.get(ifindex),
  kernel.addresses.get(ifindex),
  kernel.routeChanges.get(ifindex),
  networkd.states.get(ifindex),
  states.get(ifindex),
  ...(leasesByLink(leases.bound).get(ifindex) ?? []),
];

/** Numbers the accounts of links: the same number as long as what is known of the link is the same. By instance. */
export const createRevisions = (): ((wanted: Wanted) => ReadonlyMap<string, string>) => {
  let last = 0;
  let accounts: ReadonlyMap<number, Account> = new Map();
  return wanted => {
    const now = new Map<number, Account>();
    const revisions = new Map<string, string>();
    for (const link of linksOf(wanted.world)) {
      const { ifindex } = link;
      const parts = partsOf(wanted, ifindex);
      const before = accounts.get(ifindex);
      const isSame = before?.parts.length === parts.length && before.parts.every((part, nth) => part === parts[nth]);
      const account = isSame ? before : { parts, number: String((last += 1)) };
      now.set(ifindex, account);
      revisions.set(instanceOfLink(link), account.number);
    }
    accounts = now;
    return revisions;
  };
};
