import type { Config, LinkSettings } from '../model/config.js';
import type { Link } from '../model/link.js';
import { choosesLink } from './link-patterns.js';

/** The settings of a link in tables `[Link."PATTERN"]`: of several that match, the last counts, key by key. */
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
