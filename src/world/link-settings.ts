import type { Config, LinkSettings } from '../model/config.js';
import type { Link } from '../model/link.js';
import { choosesLink } from './link-patterns.js';

/** What the tables `[Link."PATTERN"]` say of a link: of several that choose it the last counts, key by key. */
export const linkSettings = (
  config: Config | undefined,
  link: Pick<Link, 'name' | 'alternativeNames'>,
): Partial<Omit<LinkSettings, 'patterns'>> =>
  (config?.perLink ?? [])
    .filter(({ patterns }) => choosesLink(patterns, link))
    .reduce<Partial<Omit<LinkSettings, 'patterns'>>>(
      (last, { gateway = last.gateway, domains = last.domains, dnsDefaultRoute = last.dnsDefaultRoute }) => ({
        gateway,
        domains,
        dnsDefaultRoute,
      }),
      {},
    );
