import { forkJoin, map, type Observable } from 'rxjs';
import type { Actual, RuleOrRoute } from './diff.js';
import type { Refusal, Rtnetlink } from '../../system/rtnetlink.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';

/** All routes of all tables, and all rules. */
export const readPolicy = (rtnetlink: Rtnetlink): Observable<Actual> =>
  forkJoin({ routes: rtnetlink.routes({}), rules: rtnetlink.rules() });

/** Only the routes and rules that carry our mark. */
export const readOwn = (rtnetlink: Rtnetlink): Observable<Actual> =>
  forkJoin({ routes: rtnetlink.routes({ protocol: OUR_PROTOCOL }), rules: rtnetlink.rules() }).pipe(
    map(({ routes, rules }) => ({ routes, rules: rules.filter(({ protocol }) => protocol === OUR_PROTOCOL) })),
  );

/** What is already gone counts as deleted. */
export const isGone = ({ change }: RuleOrRoute, { code }: Refusal): boolean =>
  change.action === 'delete' && ['ESRCH', 'ENOENT', 'ENODEV'].includes(code);
