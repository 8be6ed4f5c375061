import { RT_TABLE_MAIN } from '@network-stack/netlink/constants';
import type { Route } from '@network-stack/netlink';
import { type Observable, of, tap } from 'rxjs';
import type { Step, World } from '../../model/world.js';
import type { Rtnetlink } from '../../system/rtnetlink.js';
import { subscriptions } from '../../world/subscriptions.js';

/**
 * While all of these are the same values, so are the link's routes. A route with several outgoing links is counted
 * under none (0). The kernel does not report the IPv4 routes that go with an address or with the link itself. The
 * configuration and the number of scripts decide whether route messages come at all.
 */
const keyOf = (
  { kernel: { links, addresses, routeChanges }, progress: { scripts }, config }: World,
  ifindex: number,
): readonly unknown[] => [
  links?.get(ifindex),
  addresses.get(ifindex),
  routeChanges.get(ifindex),
  routeChanges.get(0),
  scripts,
  config,
];

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean => a.every((value, nth) => value === b[nth]);

/**
 * The main table's routes over an event's link; cached until the kernel reports a change, while we are subscribed to
 * routes.
 */
export const createLinkRoutes = (
  rtnetlink: Rtnetlink,
): ((step: Step, ifindex: number) => Observable<readonly Route[]>) => {
  const cache = new Map<number, { readonly key: readonly unknown[]; readonly routes: readonly Route[] }>();
  return ({ world }, ifindex) => {
    const dump$ = rtnetlink.routes({ oif: ifindex, table: RT_TABLE_MAIN });
    if (!subscriptions(world).routes) {
      cache.clear();
      return dump$;
    }
    const key = keyOf(world, ifindex);
    const known = cache.get(ifindex);
    if (known !== undefined && isSame(known.key, key)) return of(known.routes);
    return dump$.pipe(
      tap(routes => {
        for (const one of cache.keys()) if (world.kernel.links?.has(one) !== true) cache.delete(one);
        if (world.kernel.links?.has(ifindex) === true) cache.set(ifindex, { key, routes });
      }),
    );
  };
};
