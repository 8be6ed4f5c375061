import type { Route } from '@network-stack/netlink';
import { AF_INET, NLM_F_APPEND, NLM_F_REPLACE } from '@network-stack/netlink/constants';
import { kernelTables, routeLine, type TableNames } from '../../model/route/route-text.js';
import { ruleLine } from '../../model/route/rule-text.js';
import type { News } from '../../model/wire/from-netlink.js';

/** How many routes are remembered: some 2 MiB. */
const MOST = 10_000;

/** Where a route lies: the kernel replaces what is on the same place. */
const placeOf = ({ family, table, destination, tos, priority = 0 }: Route): string =>
  `${family} ${table} ${destination} ${tos} ${priority}`;

export interface RouteNews extends News {
  /** routes that there were before */
  readonly learn: (routes: readonly Route[]) => void;
  readonly forget: () => void;
  /** from now on tables are called so */
  readonly call: (tables: TableNames) => void;
}

/**
 * What the kernel's messages about routes and rules tell. One that replaces a route has the new one only, so the last of each
 * place is remembered, of so many places as `most`, the newest.
 */
export const createRouteNews = (most = MOST): RouteNews => {
  let tables = kernelTables;
  const known = new Map<string, string>();
  const remember = (place: string, line: string): void => {
    known.delete(place);
    known.set(place, line);
    const [oldest] = known.size > most ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
  };
  return {
    ofRoute: ({ kind, flags }, route) => {
      const place = placeOf(route);
      const line = routeLine(route, tables);
      const was = known.get(place);
      if (kind === 'delete') {
        if (was === line) known.delete(place);
        return { action: 'removed', route: line };
      }
      // Of IPv4 routes on one place the first one counts, and is the one that is replaced.
      const isBehind = route.family === AF_INET && (flags & NLM_F_APPEND) !== 0 && was !== undefined;
      if (!isBehind) remember(place, line);
      if ((flags & NLM_F_REPLACE) === 0) return { action: 'added', route: line };
      return { action: 'changed', route: line, ...(was !== undefined && { was }) };
    },
    ofRule: ({ kind }, rule) => ({ action: kind === 'new' ? 'added' : 'removed', rule: ruleLine(rule, tables) }),
    learn: routes => {
      for (const route of routes) {
        const place = placeOf(route);
        if (known.size < most && !known.has(place)) known.set(place, routeLine(route, tables));
      }
    },
    forget: () => known.clear(),
    call: names => (tables = names),
  };
};
