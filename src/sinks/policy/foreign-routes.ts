import type { Route } from '@network-stack/netlink';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import { routeKey } from './keys.js';

/** Others' routes in these tables, by `routeKey`: they stay, so ours of the same key cannot be added. */
export const foreignRoutes = (
  routes: readonly Route[],
  tables: ReadonlySet<number | undefined>,
): ReadonlyMap<string, Route> =>
  new Map(
    routes
      .filter(({ protocol, table }) => protocol !== OUR_PROTOCOL && tables.has(table))
      .map(route => [routeKey(route), route]),
  );
