import { map, mergeMap } from 'rxjs';
import { toLink } from '../../model/wire/from-netlink.js';
import { rtnetlink as kernel, type Rtnetlink } from '../../system/rtnetlink.js';
import { choosesLink } from '../../world/link-patterns.js';
import { type Check, ok, orUnread, warn } from './finding.js';

const about = 'links';
/** A host may have thousands of links. */
const MAX_NAMES = 20;

/** Does each pattern choose a link that there is? */
export const linkPatterns =
  (rtnetlink: Pick<Rtnetlink, 'links'> = kernel): Check =>
  ({ config: { network } }) =>
    rtnetlink.links().pipe(
      map(found => {
        const links = found.map(toLink);
        const names = links.slice(0, MAX_NAMES).map(({ name }) => name);
        const present = `${names.join(' ')}${links.length > MAX_NAMES ? ' …' : ''}`;
        return Object.entries({
          Links: network.links ?? [],
          RoutingPolicyRules: network.routingPolicyRules ?? [],
        }).flatMap(([key, patterns]) =>
          patterns
            .filter(pattern => !pattern.startsWith('!') && !links.some(link => choosesLink([pattern], link)))
            .map(pattern => warn(about, `${key}: no link is called ${pattern}; present are ${present}`)),
        );
      }),
      mergeMap(findings => (findings.length === 0 ? [ok(about, 'each pattern chooses a link')] : findings)),
      orUnread(about),
    );
