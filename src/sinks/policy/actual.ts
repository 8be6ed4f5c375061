import { forkJoin, map, type Observable } from 'rxjs';
import type { Actual, RuleOrRoute } from './diff.js';
import type { Refusal, Rtnetlink } from '../../system/rtnetlink.js';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';

/** Everything that is looked at: all routes of all tables, and all rules. */
export const readPolicy = (rtnetlink: Rtnetlink): Observable<Actual> =>
  forkJoin({ routes: rtnetlink.routes({}), rules: rtnetlink.rules() });

/** Only what is ours. */
export const readOwn = (rtnetlink: Rtnetlink): Observable<Actual> =>
  forkJoin({ routes: rtnetlink.routes({ protocol: OUR_PROTOCOL }), rules: rtnetlink.rules() }).pipe(
    map(({ routes, rules }) => ({ routes, rules: rules.filter(({ protocol }) => protocol === OUR_PROTOCOL) })),
  );

/** Gone already is as good as deleted. */
export const isGone = ({ change }: RuleOrRoute, { code }: Refusal): boolean =>
  change.action === 'delete' && ['ESRCH', 'ENOENT', 'ENODEV'].includes(code);
