import type { Lease } from '../../model/lease.js';
import { domainName } from '../../model/names/domain-name.js';
import { quoted } from '../../model/values/excerpt.js';

/** HOST_NAME_MAX of Linux, hostname(7). */
const LONGEST_HOST_NAME = 64;

/**
 * A host name without its last dot, shortened to its first label if too long for Linux; undefined if it is not one, or
 * names every host.
 */
export const hostName = (text: string): string | undefined => {
  const name = domainName(text);
  if (name === undefined || name.includes('_') || /^localhost(\.|$)/i.test(name)) return undefined;
  return name.length > LONGEST_HOST_NAME ? name.split('.')[0] : name;
};

/**
 * Addresses that are no host's, or systemd-resolved's own stub: resolved refuses these and everything set together with
 * them.
 */
const noServers = new Set(['0.0.0.0', '::', '127.0.0.53', '127.0.0.54']);

export const dnsServers = ({ dns }: Lease): readonly string[] => dns.filter(server => !noServers.has(server));

/** The domains of `domain-name`, which servers also use for several; if one is invalid, all are refused. */
export const ownDomains = ({ domain }: Lease): readonly string[] => {
  const names = domain.split(' ').map(domainName);
  return names.every(name => name !== undefined) ? names : [];
};

/** The search domains: the link's own first, each once. */
export const searchDomains = (lease: Lease): readonly string[] => [
  ...new Set([...ownDomains(lease), ...lease.search.flatMap(text => domainName(text) ?? [])]),
];

/** The unusable values in a lease, and what was expected. */
export const refusals = (lease: Lease): readonly string[] => {
  const { hostname, domain, search, dns } = lease;
  const servers = dnsServers(lease);
  return [
    ...(hostname === '' || hostName(hostname) !== undefined
      ? []
      : [`the host name ${quoted(hostname)}: expected letters, digits and - between dots, and not localhost`]),
    ...(domain === '' || ownDomains(lease).length > 0
      ? []
      : [`the domain ${quoted(domain)}: expected domain names, separated by spaces`]),
    ...search
      .filter(text => domainName(text) === undefined)
      .map(text => `the search domain ${quoted(text)}: expected a domain name`),
    ...dns
      .filter(server => !servers.includes(server))
      .map(server => `the DNS server ${quoted(server)}: expected the address of a host`),
  ];
};
