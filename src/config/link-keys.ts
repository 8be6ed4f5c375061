import type { LinkSettings } from '../model/config.js';
import { ipText } from '../model/ip/ip-address.js';
import type { Key } from './key.js';
import { boolOrUnset, listOrUnset } from './value-kinds.js';
import { wrongGlob } from '../model/names/glob.js';
import { domainName } from '../model/names/domain-name.js';

export const globs = 'shell globs of *, ? and […]';

/** Link names or globs, each perhaps behind a `!`. */
export const linkPatterns = listOrUnset(
  `link names or ${globs}`,
  word => wrongGlob(word.replace(/^!/, '')) === undefined,
);

/** `.` is all names. */
const isDomain = (text: string): boolean => text === '.' || domainName(text) !== undefined;

/** What such a table is, for the manual. */
export const linkTables =
  'A table for some links: names or globs as in `Links`, such as `[Link."eth*"]`. Of several that are for a link the last counts, key by key.';

/** The keys of a table `[Link."PATTERN"]`, as `schema` has those of sections. */
export const linkKeys = (read: <T>(key: Key<T>) => T): Omit<LinkSettings, 'patterns'> => ({
  gateway: read({
    section: 'Link',
    name: 'Gateway',
    kind: listOrUnset('IP addresses', word => ipText(word) !== undefined),
    initial: undefined,
    unset: 'none',
    brief: 'The router of a link with policy rules for which none is to be found.',
    doc:
      "It makes the default of the link's table (`RoutingPolicyRules`) where the main table has none over the link and its lease names no router. Of each family, " +
      'several share the traffic.',
  }),
  dnsDefaultRoute: read({
    section: 'Link',
    name: 'DNSDefaultRoute',
    kind: boolOrUnset,
    initial: undefined,
    unset: 'as systemd-resolved has it: true, unless the link has a routing-only domain',
    brief: 'Ask the DNS servers of this link for names that no domain of any link matches.',
    doc: 'Set (`SetLinkDefaultRoute`) while a lease of dhclient gives the link DNS servers or domains (`UseDNS`, `UseDomain`), and taken back with them.',
  }),
  domains: read({
    section: 'Link',
    name: 'Domains',
    kind: listOrUnset('domain names, `~` before those that are routing-only', word => isDomain(word.replace(/^~/, ''))),
    initial: undefined,
    unset: 'none',
    brief:
      'DNS domains of this link, before those of its lease; with `~` they say which names its DNS servers are asked for, and are no search domains.',
    doc: '`~corp.example` sends names below it to this link, `~.` all names. Set while a lease of dhclient gives the link DNS servers or domains (`UseDNS`, `UseDomain`).',
  }),
});
